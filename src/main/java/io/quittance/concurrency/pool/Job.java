package io.quittance.concurrency.pool;

import io.quittance.concurrency.Deadline;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * One item in a {@link WorkerPool}. It is confined to the worker that has taken it, except for its
 * completion: any thread may complete it, and the first completion counts.
 */
public final class Job<T, R> {

  private final T item;
  private final Deadline deadline;
  private final long queuedNanos;
  private final CompletableFuture<R> result = new CompletableFuture<>();
  private boolean deferred;

  Job(T item, Deadline deadline, long queuedNanos) {
    this.item = item;
    this.deadline = deadline;
    this.queuedNanos = queuedNanos;
  }

  public T item() {
    return item;
  }

  public Deadline deadline() {
    return deadline;
  }

  /** Completes the job with a result. The first completion counts. */
  public void succeed(R value) {
    result.complete(value);
  }

  /**
   * Completes the job with what this work returns or throws; other jobs of the batch are not
   * affected.
   */
  public void complete(Callable<R> work) {
    try {
      succeed(work.call());
    } catch (Exception e) {
      fail(e);
    }
  }

  /** Completes the job with an error. The first completion counts. */
  public void fail(Throwable error) {
    result.completeExceptionally(error);
  }

  /** Tells the pool that the job will be completed later, by another thread. */
  public void defer() {
    deferred = true;
  }

  boolean deferred() {
    return deferred;
  }

  CompletableFuture<R> result() {
    return result;
  }

  long queuedNanos() {
    return queuedNanos;
  }

  /** Whether it has a result or error, or was canceled. */
  public boolean done() {
    return result.isDone();
  }
}
