package io.quittance.concurrency.pool;

import java.util.concurrent.RejectedExecutionException;

/** Back-pressure: the pool's queue is full, and the job was not accepted. */
public final class QueueFullException extends RejectedExecutionException {

  private static final long serialVersionUID = 1L;

  public QueueFullException(String pool, int capacity) {
    super("the queue of %s is full (%d)".formatted(pool, capacity));
  }
}
