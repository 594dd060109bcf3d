package io.quittance.journal;

import io.quittance.concurrency.DeadlineExceededException;

/** Whether the key was used before could not be found out, so the request was not begun. */
public final class KeyUnreadableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  KeyUnreadableException(RuntimeException cause) {
    super("the idempotency key could not be looked up", cause);
  }

  /** Whether the deadline passed meanwhile, rather than the database having failed. */
  public boolean late() {
    return getCause() instanceof DeadlineExceededException;
  }
}
