package io.quittance.journal;

import java.time.Instant;
import java.util.Set;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * The rows of one table, or of a few that belong together, as one unit of work reads and changes
 * them.
 */
public interface Table {

  /**
   * Reads the accounts and, unless the unit of work is a rehearsal, locks those that can be locked
   * at once. The table of the accounts is the ledger's books. Other tables handle only the keys of
   * their own rows.
   *
   * @return the accounts that exist and are locked by another transaction
   */
  default Set<AccountKey> lock(JdbcOperations jdbc, Set<AccountKey> accounts) {
    return Set.of();
  }

  /**
   * Waits for the lock of an account, up to the lock limit of the connection.
   *
   * @throws org.springframework.dao.DataAccessException it was not free in time
   */
  default void awaitLock(JdbcOperations jdbc, AccountKey account) {}

  /**
   * Reads what commands need about this account before the other accounts are locked. Its lock is
   * held and guards what is read. Later units of work of the same transaction find it in {@link
   * UnitOfWork#ahead}.
   *
   * @return whether it exceeds the limit of rows per shared transaction
   * @throws TransactionTooLongException it took longer than a transaction may
   */
  default boolean readAhead(JdbcOperations jdbc, AccountKey locked) {
    return false;
  }

  /** Whether a command needs what {@link #readAhead} would read about this account. */
  default boolean asksAbout(AccountKey account) {
    return false;
  }

  /**
   * Reads every row that the commands announced; nothing, if rows are only added. Unless the unit
   * of work {@linkplain UnitOfWork#mayReadLong may read for long}, it reads no more than the limit
   * of rows per shared transaction.
   */
  default void load(JdbcOperations jdbc) {}

  /**
   * The accounts that exceed the limit of rows per shared transaction; known after {@link #load}.
   * Their commands are left out and applied separately.
   */
  default Set<AccountKey> tooMuchToRead() {
    return Set.of();
  }

  /** Adds the commands' changes to the transaction's statements. */
  void flush(Writes writes, Instant now);

  /** Called when the transaction is certainly committed, for changes in memory. */
  default void committed() {}

  /**
   * Creates a new table for each unit of work. All replicas load and write their tables in the
   * order of these beans ({@link org.springframework.core.annotation.Order}), of which no two have
   * the same; docs/architecture.md lists them.
   */
  @FunctionalInterface
  interface Factory {

    /** Creates the table for this unit of work, which already has the tables before it. */
    Table open(UnitOfWork unit);
  }
}
