package io.quittance.concurrency.pool;

import io.quittance.concurrency.DeadlineExceededException;

/**
 * The deadline passed while a job was still queued: it was dropped and has certainly not started.
 */
public final class ExpiredInQueueException extends DeadlineExceededException {

  private static final long serialVersionUID = 1L;

  /**
   * @param queue the name of the queue
   */
  public ExpiredInQueueException(String queue) {
    super("expired in the queue of " + queue);
  }
}
