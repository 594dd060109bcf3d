package io.quittance.journal;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A transaction took longer than it may, but not because of the database: there was too much to
 * read or decide, or the processor was busy. Nothing was applied. It does not count as a failure of
 * the ledger.
 */
public final class TransactionTooLongException extends RejectedExecutionException {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable AccountKey account;

  /**
   * Reading what the commands need took too long.
   *
   * @param account the account that the rows are about; null: one of several
   */
  public TransactionTooLongException(@Nullable AccountKey account, @Nullable Throwable cause) {
    super("reading took longer than a transaction may", cause);
    this.account = account;
  }

  TransactionTooLongException(Duration limit) {
    super(
        "a transaction took longer to decide than the %d ms that are allowed"
            .formatted(limit.toMillis()));
    this.account = null;
  }

  /** The account whose commands caused it; null: unknown. */
  @Nullable AccountKey account() {
    return account;
  }
}
