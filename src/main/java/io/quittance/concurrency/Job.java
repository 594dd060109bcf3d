package io.quittance.concurrency;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * One item on its way through a {@link WorkerPool}, confined to the worker that has it in hand, but
 * for its completion: any thread may complete it, and the first one counts.
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

  /** Hands the result to the submitter. The first completion counts. */
  public void succeed(R value) {
    result.complete(value);
  }

  /** Hands over what this work returns or throws; other jobs of the batch are not affected. */
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

  /** Tells the pool that the handler has passed the job on, and that it will be completed there. */
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

  /** Whether it has its result or error, or was canceled: nothing is to be done for it. */
  public boolean done() {
    return result.isDone();
  }
}
