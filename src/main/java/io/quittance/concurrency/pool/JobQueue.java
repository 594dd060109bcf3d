package io.quittance.concurrency.pool;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The bounded queue of a pool, and the batches that its workers have taken. Thread-safe.
 *
 * <p>It is long because one lock guards everything that submitters and workers wait for.
 */
final class JobQueue<T, R> {

  private static final long BACKLOG_MEMORY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String name;
  private final int capacity;
  private final int maxBatch;
  private final long maxWeight;
  private final ToLongFunction<? super T> weigher;
  private final Supplier<Duration> linger;
  private final Predicate<? super T> deferrable;
  private final Supplier<Duration> deferFor;
  private final Ticker ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final RoundRobinQueue<T, R> jobs;

  /** The conditions of submitters that wait for room, in order of arrival. */
  private final ArrayDeque<Condition> waitingForRoom = new ArrayDeque<>();

  /** How many queued jobs are not deferrable. */
  private int undeferrable;

  private long lastWaitNanos;
  private long lastTurnNanos;
  private long lastTakenNanos;
  private int inHand;
  private boolean closed;

  JobQueue(WorkerPoolBuilder<T, R> settings) {
    name = settings.name();
    capacity = settings.capacity();
    maxBatch = settings.maxBatch();
    maxWeight = settings.maxWeight();
    weigher = settings.weigher();
    jobs = new RoundRobinQueue<>(settings.party(), settings.shares(), settings.waitingPerParty());
    linger = settings.linger();
    deferrable = settings.deferrable();
    deferFor = settings.deferFor();
    ticker = settings.ticker();
    lastTakenNanos = ticker.nanoTime();
  }

  /**
   * Adds all jobs, in order and with nothing in between, or none. Submitters that already wait for
   * room come first.
   *
   * @throws QueueFullException there is no room for all, or a party would have too many waiting
   * @throws RejectedExecutionException it is closed
   */
  void add(List<Job<T, R>> more) {
    lock.lock();
    try {
      refuseIfClosed();
      if (jobs.size() + waitingForRoom.size() + more.size() > capacity || !jobs.hasRoomFor(more)) {
        throw new QueueFullException(name, capacity);
      }
      more.forEach(this::enqueue);
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds a job, waiting for room until its deadline, behind those that already wait.
   *
   * @throws DeadlineExceededException there was no room in time
   * @throws RejectedExecutionException it is closed
   */
  void addWhenRoom(Job<T, R> job) throws InterruptedException {
    lock.lockInterruptibly();
    Condition turn = lock.newCondition();
    waitingForRoom.add(turn);
    try {
      refuseIfClosed();
      while (turn != waitingForRoom.peek() || jobs.size() >= capacity) {
        if (job.deadline().expired()) {
          throw new DeadlineExceededException("no room in the queue of " + name);
        }
        awaitNanos(turn, job.deadline());
        refuseIfClosed();
      }
      enqueue(job);
      notEmpty.signal();
    } finally {
      waitingForRoom.remove(turn);
      wakeFirstWaiting();
      lock.unlock();
    }
  }

  private void enqueue(Job<T, R> job) {
    jobs.add(job);
    undeferrable += deferrable.test(job.item()) ? 0 : 1;
  }

  private Job<T, R> dequeue(long now) {
    Job<T, R> job = jobs.remove(now);
    undeferrable -= deferrable.test(job.item()) ? 0 : 1;
    return job;
  }

  private void wakeFirstWaiting() {
    Condition first = waitingForRoom.peek();
    if (first != null) {
      first.signal();
    }
  }

  private void refuseIfClosed() {
    if (closed) {
      throw new RejectedExecutionException(name + " is closed");
    }
  }

  /**
   * Waits for jobs and takes a batch of them. An empty batch tells the worker to end: it is
   * surplus, or the queue is closed and empty.
   */
  List<Job<T, R>> take(Workers workers) {
    lock.lock();
    try {
      while (true) {
        if (workers.leave(closed && jobs.isEmpty())) {
          notEmpty.signal();
          return List.of();
        }
        if (!jobs.hasTurn()) {
          notEmpty.awaitUninterruptibly();
          continue;
        }
        long now = ticker.nanoTime();
        long waited = now - jobs.oldestNanos();
        long waitedForTurn = now - jobs.turnNanos();
        awaitFullBatch();
        awaitCompany();
        if (jobs.hasTurn()) {
          lastWaitNanos = waited;
          lastTurnNanos = waitedForTurn;
          return removeBatch();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaitFullBatch() {
    await(this::full, linger.get());
  }

  private boolean full() {
    return jobs.size() >= Math.min(maxBatch, capacity);
  }

  private void awaitCompany() {
    if (undeferrable == 0) {
      await(() -> undeferrable > 0 || jobs.isEmpty() || full(), deferFor.get());
    }
  }

  private void await(BooleanSupplier enough, Duration limit) {
    var patience = Deadline.after(limit, ticker);
    boolean interrupted = false;
    while (!enough.getAsBoolean() && !closed && !patience.expired()) {
      try {
        awaitNanos(notEmpty, patience);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Callers check their condition and the deadline again. */
  private static void awaitNanos(Condition condition, Deadline deadline)
      throws InterruptedException {
    var _ = condition.awaitNanos(deadline.sleepNanos());
  }

  private List<Job<T, R>> removeBatch() {
    lastTakenNanos = ticker.nanoTime();
    var batch = new ArrayList<Job<T, R>>(Math.min(jobs.size(), maxBatch));
    long weight = 0;
    while (batch.isEmpty() || (batch.size() < maxBatch && weight < maxWeight && jobs.hasTurn())) {
      Job<T, R> job = dequeue(lastTakenNanos);
      batch.add(job);
      weight += weigher.applyAsLong(job.item());
    }
    inHand++;
    wakeFirstWaiting();
    if (jobs.hasTurn()) {
      notEmpty.signal();
    }
    return batch;
  }

  /** Returns a batch that is done. More jobs of all parties may be taken now. */
  void handIn(List<Job<T, R>> batch) {
    lock.lock();
    try {
      inHand--;
      long now = ticker.nanoTime();
      batch.forEach(job -> jobs.handIn(job, now));
    } finally {
      lock.unlock();
    }
  }

  /** Changes the number of workers, and wakes idle ones to check whether they are surplus. */
  void resize(int workers) {
    lock.lock();
    try {
      jobs.resize(workers, ticker.nanoTime());
      notEmpty.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Refuses new jobs; queued ones can still be taken. */
  void close() {
    lock.lock();
    try {
      closed = true;
      notEmpty.signalAll();
      waitingForRoom.forEach(Condition::signal);
    } finally {
      lock.unlock();
    }
  }

  /** Removes all jobs. */
  List<Job<T, R>> clear() {
    lock.lock();
    try {
      undeferrable = 0;
      return jobs.removeAll();
    } finally {
      lock.unlock();
    }
  }

  /** See {@link WorkerPool#backlog()}. */
  Duration backlog() {
    lock.lock();
    try {
      long now = ticker.nanoTime();
      // Low-priority jobs do not count as backlog.
      long oldest = undeferrable == 0 ? 0 : now - jobs.oldestNanos();
      long last = now - lastTakenNanos < BACKLOG_MEMORY_NANOS ? lastWaitNanos : 0;
      return Duration.ofNanos(Math.max(oldest, last));
    } finally {
      lock.unlock();
    }
  }

  /** See {@link WorkerPool#backlog(Object)}. */
  Duration backlog(Object party) {
    lock.lock();
    try {
      long now = ticker.nanoTime();
      long last = now - lastTakenNanos < BACKLOG_MEMORY_NANOS ? lastTurnNanos : 0;
      if (undeferrable == 0) {
        return Duration.ofNanos(last);
      }
      long turn = jobs.hasTurn() ? now - jobs.turnNanos() : 0;
      long own = now - jobs.oldestNanos(party).orElse(now);
      return Duration.ofNanos(Math.max(Math.max(own, turn), last));
    } finally {
      lock.unlock();
    }
  }

  int depth() {
    return reading(jobs::size);
  }

  int batchesInHand() {
    return reading(() -> inHand);
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
