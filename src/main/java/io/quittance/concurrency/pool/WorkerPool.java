package io.quittance.concurrency.pool;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fixed number of workers behind one bounded queue. A worker takes whatever has queued up, up to
 * the batch limit, and waits for more only if it is told to; each job's result or error goes to its
 * submitter.
 *
 * <p>Jobs start in the order of submission, unless {@linkplain WorkerPoolBuilder#inTurns parties
 * take turns}; then a party may be {@linkplain WorkerPoolBuilder#perParty limited} to a part of the
 * pool. A job whose deadline has passed, or whose future was canceled, is dropped when it is taken
 * from the queue: it has certainly not started. Workers are never interrupted, so they may run
 * JDBC. Go's counterpart is a buffered channel with N goroutines ranging over it.
 *
 * <p>Thread-safe.
 *
 * @param <T> the type of items
 * @param <R> the type of results
 */
public final class WorkerPool<T, R> implements AutoCloseable {

  /**
   * Handles a batch. It must complete or defer every job; if it throws, the jobs that are left
   * fail.
   */
  @FunctionalInterface
  public interface Handler<T, R> {
    void handle(List<Job<T, R>> batch) throws Exception;
  }

  private static final Logger log = LoggerFactory.getLogger(WorkerPool.class);

  private final WorkerPoolBuilder<T, R> settings;
  private final Ticker ticker;
  private final PoolMetrics metrics;
  private final JobQueue<T, R> queue;
  private final Workers workers;
  private final BatchHandler<T, R> batches;

  WorkerPool(WorkerPoolBuilder<T, R> settings, MeterRegistry registry) {
    this.settings = settings;
    this.ticker = settings.ticker();
    this.queue = new JobQueue<>(settings);
    this.workers = new Workers(settings.name(), settings.threads(), this::work);
    this.metrics = new PoolMetrics(this, registry);
    this.batches = new BatchHandler<>(settings, metrics);
    workers.resize(settings.workers());
  }

  /** A pool of the given name (a tag of its metrics), to be configured further. */
  public static <T, R> WorkerPoolBuilder<T, R> named(String name, Handler<T, R> handler) {
    return new WorkerPoolBuilder<>(name, handler);
  }

  /**
   * Queues an item, or refuses it at once.
   *
   * @throws QueueFullException the queue is at its limit, or at that of the item's party
   * @throws RejectedExecutionException the pool is closed
   */
  public CompletableFuture<R> submit(T item, Deadline deadline) {
    var job = new Job<T, R>(item, deadline, ticker.nanoTime());
    enqueue(List.of(job));
    return job.result();
  }

  /**
   * Queues all items, in their order and with nothing in between, or refuses them all at once. They
   * share the lock and the wake-up of one submission.
   *
   * @return one future per item, in the same order
   * @throws QueueFullException the queue has no room for all of them
   * @throws RejectedExecutionException the pool is closed
   */
  public List<CompletableFuture<R>> submitAll(List<T> items, Deadline deadline) {
    long now = ticker.nanoTime();
    List<Job<T, R>> jobs = items.stream().map(item -> new Job<T, R>(item, deadline, now)).toList();
    enqueue(jobs);
    return jobs.stream().map(Job::result).toList();
  }

  private void enqueue(List<Job<T, R>> jobs) {
    try {
      queue.add(jobs);
    } catch (QueueFullException e) {
      jobs.forEach(_ -> metrics.rejected());
      throw e;
    }
  }

  /**
   * Queues an item, waiting for room until its deadline: back-pressure on the submitter.
   *
   * @throws DeadlineExceededException there was no room in time
   * @throws RejectedExecutionException the pool is closed
   */
  public CompletableFuture<R> submitWhenRoom(T item, Deadline deadline)
      throws InterruptedException {
    var job = new Job<T, R>(item, deadline, ticker.nanoTime());
    try {
      queue.addWhenRoom(job);
    } catch (DeadlineExceededException e) {
      metrics.rejected();
      throw e;
    }
    return job.result();
  }

  /** Changes the number of workers; surplus ones end after the batch in hand. At least 1. */
  public void resize(int count) {
    workers.resize(count);
    queue.resize(count);
  }

  /** Keeps the worker alive after an error; otherwise the queue would have no worker. */
  private void work() {
    for (boolean more = true; more; ) {
      try {
        more = workOnce();
      } catch (Throwable e) {
        log.error("A worker of {} failed outside of its jobs, and goes on", name(), e);
      }
    }
  }

  /** Returns false when the worker has to end. */
  private boolean workOnce() {
    List<Job<T, R>> batch = queue.take(workers);
    if (batch.isEmpty()) {
      return false;
    }
    try {
      batches.handle(batch);
    } finally {
      queue.handIn(batch);
    }
    return true;
  }

  /**
   * Refuses new jobs, lets the workers finish what is queued, and waits for them, up to the drain
   * limit; what is still queued then fails with {@link RejectedExecutionException}. A job in a
   * worker's hands is never interrupted. Closing twice has no effect.
   */
  @Override
  public void close() {
    queue.close();
    workers.close(Deadline.after(settings.drainLimit(), ticker));
    batches.reject(queue.clear());
  }

  public String name() {
    return settings.name();
  }

  public int capacity() {
    return settings.capacity();
  }

  /** Jobs that wait for a worker. */
  public int depth() {
    return queue.depth();
  }

  /**
   * An estimate of how long a new job would wait: as long as the oldest one has waited so far, or
   * as the last one that was taken within a second.
   */
  public Duration backlog() {
    return queue.backlog();
  }

  /**
   * An estimate of how long a new job of one of the parties {@linkplain WorkerPoolBuilder#inTurns
   * that take turns} would wait: as long as its oldest one has waited so far, or as the party whose
   * turn is next has waited for it, or one within a second. What others have queued besides does
   * not count.
   */
  public Duration backlog(Object party) {
    return queue.backlog(party);
  }

  /** How full the queue is, 0 to 1; above 0.8 submitters are about to be refused. */
  public double utilisation() {
    return (double) depth() / settings.capacity();
  }

  int workers() {
    return workers.alive();
  }

  int busy() {
    return queue.batchesInHand();
  }
}
