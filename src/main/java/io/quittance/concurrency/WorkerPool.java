package io.quittance.concurrency;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/**
 * A fixed number of workers behind one bounded queue. A worker takes whatever has queued up, up to
 * the batch limit, without waiting for more; each job's result or error goes to its submitter.
 *
 * <p>Jobs start in the order of submission. A job whose deadline has passed, or whose future was
 * canceled, is dropped when it is taken from the queue: it has surely not begun. Workers are never
 * interrupted, so they may run JDBC. Go's counterpart is a buffered channel with N goroutines
 * ranging over it.
 *
 * <p>Thread-safe.
 *
 * @param <T> what is worked on
 * @param <R> what comes out
 */
public final class WorkerPool<T, R> implements AutoCloseable {

  /**
   * Handles a batch: completes or defers every job; what it throws fails those that it left open.
   */
  @FunctionalInterface
  public interface Handler<T, R> {
    void handle(List<Job<T, R>> batch) throws Exception;
  }

  /** One item on its way through the pool. */
  public static final class Job<T, R> {

    private final T item;
    private final Deadline deadline;
    private final CompletableFuture<R> result = new CompletableFuture<>();
    private final long queuedNanos = System.nanoTime();
    private boolean deferred;

    private Job(T item, Deadline deadline) {
      this.item = item;
      this.deadline = deadline;
    }

    public T item() {
      return item;
    }

    public Deadline deadline() {
      return deadline;
    }

    /** Hands the result to the submitter. The first completion counts. */
    public void succeed(R value) {
      result.complete(value);
    }

    /** Hands over what this work returns or throws; no other job of the batch hears of it. */
    public void complete(Callable<R> work) {
      try {
        succeed(work.call());
      } catch (Exception e) {
        fail(e);
      }
    }

    /** Hands an error to the submitter. The first completion counts. */
    public void fail(Throwable error) {
      result.completeExceptionally(error);
    }

    /** Tells the pool that the handler has passed the job on: whoever has it will complete it. */
    public void defer() {
      deferred = true;
    }

    /** Whether it has its result or error, or was canceled: nothing is to be done for it. */
    public boolean done() {
      return result.isDone();
    }
  }

  private static final long BACKLOG_MEMORY_NANOS = 1_000_000_000;

  static final Duration DEFAULT_DRAIN_LIMIT = Duration.ofSeconds(30);

  private final WorkerPoolBuilder<T, R> settings;
  private final PoolMetrics metrics;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition notFull = lock.newCondition();
  private final Condition workerGone = lock.newCondition();
  private final ArrayDeque<Job<T, R>> queue = new ArrayDeque<>();

  private long lastWaitNanos;
  private long lastTakenNanos = System.nanoTime();
  private int workersWanted;
  private int workersAlive;
  private int workersBusy;
  private boolean closed;

  WorkerPool(WorkerPoolBuilder<T, R> settings, MeterRegistry registry) {
    this.settings = settings;
    this.metrics = new PoolMetrics(this, registry);
    resize(settings.workers());
  }

  /** A pool of the given name (a tag of its metrics), to be configured further. */
  public static <T, R> WorkerPoolBuilder<T, R> named(String name, Handler<T, R> handler) {
    return new WorkerPoolBuilder<>(name, handler);
  }

  /**
   * Queues an item, or refuses it at once.
   *
   * @throws QueueFullException the queue is at its limit
   * @throws RejectedExecutionException the pool is closed
   */
  public CompletableFuture<R> submit(T item, Deadline deadline) {
    var job = new Job<T, R>(item, deadline);
    lock.lock();
    try {
      refuseIfClosed();
      if (queue.size() >= settings.capacity()) {
        metrics.rejected();
        throw new QueueFullException(settings.name(), settings.capacity());
      }
      enqueue(job);
    } finally {
      lock.unlock();
    }
    return job.result;
  }

  /**
   * Queues an item, waiting for room until its deadline: back-pressure on the submitter.
   *
   * @throws DeadlineExceededException there was no room in time
   * @throws RejectedExecutionException the pool is closed
   */
  public CompletableFuture<R> submitWhenRoom(T item, Deadline deadline)
      throws InterruptedException {
    var job = new Job<T, R>(item, deadline);
    lock.lockInterruptibly();
    try {
      refuseIfClosed();
      while (queue.size() >= settings.capacity()) {
        if (notFull.awaitNanos(deadline.remainingNanos()) <= 0 && deadline.expired()) {
          metrics.rejected();
          throw new DeadlineExceededException("no room in the queue of " + settings.name());
        }
        refuseIfClosed();
      }
      enqueue(job);
    } finally {
      lock.unlock();
    }
    return job.result;
  }

  private void refuseIfClosed() {
    if (closed) {
      throw new RejectedExecutionException(settings.name() + " is closed");
    }
  }

  private void enqueue(Job<T, R> job) {
    queue.addLast(job);
    notEmpty.signal();
  }

  /** Changes the number of workers; surplus ones end after the batch in hand. At least 1. */
  public void resize(int workers) {
    if (workers < 1) {
      throw new IllegalArgumentException("a pool needs a worker, not " + workers);
    }
    lock.lock();
    try {
      refuseIfClosed();
      workersWanted = workers;
      while (workersAlive < workersWanted) {
        workersAlive++;
        settings.threads().newThread(this::work).start();
      }
      notEmpty.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    for (List<Job<T, R>> batch = take(); !batch.isEmpty(); batch = take()) {
      try {
        run(batch);
      } finally {
        handIn();
      }
    }
  }

  private void handIn() {
    lock.lock();
    try {
      workersBusy--;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for jobs; an empty batch tells the worker to end. */
  private List<Job<T, R>> take() {
    lock.lock();
    try {
      while (true) {
        while (queue.isEmpty() && !closed && workersAlive <= workersWanted) {
          notEmpty.awaitUninterruptibly();
        }
        if (queue.isEmpty() || workersAlive > workersWanted) {
          workersAlive--;
          workerGone.signalAll();
          notEmpty.signal();
          return List.of();
        }
        awaitFullBatch();
        if (!queue.isEmpty()) {
          return removeBatch();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaitFullBatch() {
    var patience = Deadline.after(settings.linger());
    int full = Math.min(settings.maxBatch(), settings.capacity());
    boolean interrupted = false;
    while (queue.size() < full && !closed && !patience.expired()) {
      try {
        notEmpty.awaitNanos(patience.remainingNanos());
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Job<T, R>> removeBatch() {
    workersBusy++;
    lastTakenNanos = System.nanoTime();
    lastWaitNanos = lastTakenNanos - queue.getFirst().queuedNanos;
    int size = Math.min(queue.size(), settings.maxBatch());
    var batch = new ArrayList<Job<T, R>>(size);
    for (int i = 0; i < size; i++) {
      batch.add(queue.removeFirst());
    }
    notFull.signalAll();
    if (!queue.isEmpty()) {
      notEmpty.signal();
    }
    return batch;
  }

  private void run(List<Job<T, R>> taken) {
    long now = System.nanoTime();
    var batch = new ArrayList<Job<T, R>>(taken.size());
    for (Job<T, R> job : taken) {
      metrics.queued(now - job.queuedNanos);
      if (job.done()) {
        metrics.canceled();
      } else if (job.deadline.expired()) {
        metrics.expired();
        job.fail(new ExpiredInQueueException(settings.name()));
      } else {
        batch.add(job);
      }
    }
    if (batch.isEmpty()) {
      return;
    }
    metrics.batch(batch.size());
    try {
      settings.handler().handle(batch);
    } catch (Throwable e) {
      batch.stream().filter(job -> !job.deferred).forEach(job -> job.fail(e));
    }
    batch.forEach(this::finish);
  }

  private void finish(Job<T, R> job) {
    if (job.deferred) {
      var _ = job.result.whenComplete((_, _) -> metrics.done(job.result));
      return;
    }
    if (!job.done()) {
      job.fail(new IllegalStateException(settings.name() + " left a job unanswered"));
    }
    metrics.done(job.result);
  }

  /**
   * Refuses new jobs, lets the workers finish what is queued, and waits for them, up to the drain
   * limit; what is still queued then fails with {@link RejectedExecutionException}. A job in a
   * worker's hands is never interrupted. Closing twice has no effect.
   */
  @Override
  public void close() {
    var limit = Deadline.after(settings.drainLimit());
    boolean interrupted = false;
    List<Job<T, R>> left;
    lock.lock();
    try {
      closed = true;
      notEmpty.signalAll();
      notFull.signalAll();
      while (workersAlive > 0 && !limit.expired()) {
        try {
          workerGone.awaitNanos(limit.remainingNanos());
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      left = List.copyOf(queue);
      queue.clear();
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    failWhatIsLeft(left);
  }

  /** Without the lock, for the submitters' callbacks run here. */
  private void failWhatIsLeft(List<Job<T, R>> left) {
    var tooLate = new RejectedExecutionException(settings.name() + " closed before it was done");
    for (Job<T, R> job : left) {
      if (job.done()) {
        metrics.canceled();
      } else {
        metrics.rejected();
        job.fail(tooLate);
      }
    }
  }

  public String name() {
    return settings.name();
  }

  public int capacity() {
    return settings.capacity();
  }

  /** Jobs that wait for a worker. */
  public int depth() {
    return reading(queue::size);
  }

  /**
   * How long a job that came now would wait, as far as can be told: as long as the oldest one has
   * waited by now, or the last one that was taken within a second.
   */
  public Duration backlog() {
    lock.lock();
    try {
      long now = System.nanoTime();
      long oldest = queue.isEmpty() ? 0 : now - queue.getFirst().queuedNanos;
      long last = now - lastTakenNanos < BACKLOG_MEMORY_NANOS ? lastWaitNanos : 0;
      return Duration.ofNanos(Math.max(oldest, last));
    } finally {
      lock.unlock();
    }
  }

  /** How full the queue is, 0 to 1; above 0.8 submitters are about to be refused. */
  public double utilisation() {
    return (double) depth() / settings.capacity();
  }

  int workers() {
    return reading(() -> workersAlive);
  }

  int busy() {
    return reading(() -> workersBusy);
  }

  private int reading(IntSupplier value) {
    lock.lock();
    try {
      return value.getAsInt();
    } finally {
      lock.unlock();
    }
  }
}
