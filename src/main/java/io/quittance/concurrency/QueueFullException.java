package io.quittance.concurrency;

import java.util.concurrent.RejectedExecutionException;

/** Back-pressure: the pool's queue is at its limit, and the job was not taken. */
public final class QueueFullException extends RejectedExecutionException {

  private static final long serialVersionUID = 1L;

  public QueueFullException(String pool, int capacity) {
    super("the queue of %s is full (%d)".formatted(pool, capacity));
  }
}
