package io.quittance.concurrency.pool;

import io.quittance.concurrency.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs the pool's handler for a batch of jobs, and makes sure that each job ends and is counted
 * once. Thread-safe if the handler is.
 */
final class BatchHandler<T, R> {

  private final String pool;
  private final WorkerPool.Handler<T, R> handler;
  private final Ticker ticker;
  private final PoolMetrics metrics;

  BatchHandler(WorkerPoolBuilder<T, R> settings, PoolMetrics metrics) {
    this.pool = settings.name();
    this.handler = settings.handler();
    this.ticker = settings.ticker();
    this.metrics = metrics;
  }

  /** Drops the jobs that are canceled or expired, and passes the others to the handler. */
  void handle(List<Job<T, R>> taken) {
    try {
      sortOut(taken);
    } catch (Throwable e) {
      failOpen(taken, e);
      throw e;
    }
  }

  private void sortOut(List<Job<T, R>> taken) {
    long now = ticker.nanoTime();
    var batch = new ArrayList<Job<T, R>>(taken.size());
    for (Job<T, R> job : taken) {
      metrics.queued(now - job.queuedNanos());
      if (job.done()) {
        metrics.canceled();
      } else if (job.deadline().expired()) {
        metrics.expired();
        job.fail(new ExpiredInQueueException(pool));
      } else {
        batch.add(job);
      }
    }
    if (!batch.isEmpty()) {
      metrics.batch(batch.size());
      handOver(batch);
      batch.forEach(this::finish);
    }
  }

  private void handOver(List<Job<T, R>> batch) {
    try {
      handler.handle(batch);
    } catch (Throwable e) {
      failOpen(batch, e);
    }
  }

  private static <T, R> void failOpen(List<Job<T, R>> jobs, Throwable reason) {
    for (Job<T, R> job : jobs) {
      if (!job.deferred()) {
        job.fail(reason);
      }
    }
  }

  private void finish(Job<T, R> job) {
    if (job.deferred()) {
      var _ = job.result().whenComplete((_, _) -> metrics.done(job.result()));
      return;
    }
    if (!job.done()) {
      job.fail(new IllegalStateException(pool + " left a job unanswered"));
    }
    metrics.done(job.result());
  }

  /** Fails the jobs that were left when the pool closed; the submitters' callbacks run here. */
  void reject(List<Job<T, R>> left) {
    var tooLate = new RejectedExecutionException(pool + " closed before it was done");
    for (Job<T, R> job : left) {
      if (job.done()) {
        metrics.canceled();
      } else {
        metrics.rejected();
        job.fail(tooLate);
      }
    }
  }
}
