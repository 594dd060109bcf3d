package io.quittance.journal;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/**
 * A transaction took longer than it may, and the database was not what took the time: so much was
 * to be read or decided, or the processor was busy. Nothing was applied, and the ledger is not to
 * blame.
 */
public final class TransactionTooLongException extends RejectedExecutionException {

  private static final long serialVersionUID = 1L;

  /** What its commands wanted to read took too long. */
  public TransactionTooLongException(String reason, Throwable cause) {
    super(reason, cause);
  }

  TransactionTooLongException(Duration limit) {
    super(
        "a transaction took longer to decide than the %d ms that are allowed"
            .formatted(limit.toMillis()));
  }
}
