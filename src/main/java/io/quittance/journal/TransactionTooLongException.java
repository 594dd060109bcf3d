package io.quittance.journal;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A transaction took longer than it may, and the database was not what took the time: so much was
 * to be read or decided, or the processor was busy. Nothing was applied, and the ledger is not to
 * blame.
 */
public final class TransactionTooLongException extends RejectedExecutionException {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable AccountKey account;

  /**
   * What commands wanted to read took too long.
   *
   * @param account about which it is; null: one of several
   */
  public TransactionTooLongException(@Nullable AccountKey account, @Nullable Throwable cause) {
    super("what was to be read took longer than a transaction may", cause);
    this.account = account;
  }

  TransactionTooLongException(Duration limit) {
    super(
        "a transaction took longer to decide than the %d ms that are allowed"
            .formatted(limit.toMillis()));
    this.account = null;
  }

  /** The commands that ask about this account are to blame; null: unknown. */
  @Nullable AccountKey account() {
    return account;
  }
}
