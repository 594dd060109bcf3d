package io.quittance.journal;

import java.time.Instant;
import java.util.Set;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * The rows of one table, or a few that belong together, as one unit of work sees and changes them.
 */
public interface Table {

  /**
   * Reads the accounts and, unless the unit of work is a rehearsal, locks those that can be locked
   * at once. One table has accounts: the ledger's books. Others know rows of theirs by their names,
   * and leave the rest alone.
   *
   * @return those that exist and are locked by another transaction
   */
  default Set<AccountKey> lock(JdbcOperations jdbc, Set<AccountKey> accounts) {
    return Set.of();
  }

  /**
   * Waits for the lock of an account, as long as the connection waits for locks.
   *
   * @throws org.springframework.dao.DataAccessException it was not free in time
   */
  default void awaitLock(JdbcOperations jdbc, AccountKey account) {}

  /**
   * Reads what commands asked for about this account, whose lock is held and guards it, before the
   * others are locked. Later units of work of the same transaction find it in {@link
   * UnitOfWork#ahead}.
   *
   * @return whether it was more than others can wait for
   * @throws TransactionTooLongException it takes longer than a transaction may
   */
  default boolean readAhead(JdbcOperations jdbc, AccountKey locked) {
    return false;
  }

  /** Whether a command asked for what {@link #readAhead} would read about this account. */
  default boolean asksAbout(AccountKey account) {
    return false;
  }

  /**
   * Reads every row that the commands asked for; nothing, where rows are only ever added. Unless
   * the unit of work is {@linkplain UnitOfWork#mayReadLong may read for long}, it reads no more
   * than others can wait for.
   */
  default void load(JdbcOperations jdbc) {}

  /**
   * Accounts for which more would have to be read than others can wait for; known from {@link
   * #load} on. Their commands are left out, and applied apart.
   */
  default Set<AccountKey> tooMuchToRead() {
    return Set.of();
  }

  /** Adds the commands' changes to the transaction's statements. */
  void flush(Writes writes, Instant now);

  /** The transaction is committed for certain: what is told in memory can be told now. */
  default void committed() {}

  /**
   * Opens a fresh table for each unit of work. All replicas load and write their tables in the
   * order of these beans ({@link org.springframework.core.annotation.Order}), of which no two have
   * the same; docs/architecture.md lists them.
   */
  @FunctionalInterface
  interface Factory {

    /** A table for this unit of work, which has the tables before it already. */
    Table open(UnitOfWork unit);
  }
}
