package io.quittance.journal;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.database.Dialect;
import io.quittance.database.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * One transaction from its first statement to its commit. Commands that it leaves out wait, or were
 * completed with an error. Confined to one thread.
 */
final class Transaction {

  /** Waiting for locks while others are held takes at most the limit divided by this. */
  private static final int MORE_LOCKS_PART = 10;

  private final Connection connection;
  private final Dialect dialect;
  private final Duration limit;
  private final Deadline life;
  private final JdbcOperations jdbc;
  private final LiveCommands live;
  private final LongReads longReads;
  private final DatabaseTime time;
  private final long databaseNanosBefore;

  /**
   * @param limit how long it may take until its commit
   * @param time counts what the database takes
   */
  Transaction(
      Connection connection,
      Dialect dialect,
      List<Table.Factory> tables,
      Duration limit,
      List<Job<Command<?>, Object>> jobs,
      DatabaseTime time) {
    this.connection = connection;
    this.dialect = dialect;
    this.longReads = new LongReads(tables);
    this.limit = limit;
    this.life = Deadline.after(limit);
    this.jdbc = Transactions.on(connection);
    this.live = new LiveCommands(jobs);
    this.time = time;
    this.databaseNanosBefore = time.nanos();
  }

  /** As {@link #run}, after it has got the lock of an account that all commands need. */
  List<WaitingCommand> runUnder(AccountKey awaited) throws SQLException {
    if (gets(awaited)) {
      longReads.readAhead(jdbc, awaited, live);
      return run();
    }
    connection.rollback();
    return live.allWaitFor(awaited);
  }

  /** Waits for an account's lock, for as long as the connection waits for locks. */
  private boolean gets(AccountKey account) {
    try {
      longReads.unit().awaitLock(jdbc, account);
      return true;
    } catch (DataAccessException e) {
      if (SqlFailure.lockTimedOut(e)) {
        return false;
      }
      throw e;
    }
  }

  List<WaitingCommand> run() throws SQLException {
    while (live.dropExpired()) {
      requireTime();
      UnitOfWork unit = longReads.unit();
      if (!live.leaveOut(lock(unit))) {
        break;
      }
      List<Object> results = decide(unit);
      if (live.size() > 0 && results.size() == live.size() && !live.anyExpired()) {
        writeOrFail(unit);
        try {
          unit.committed();
        } finally {
          live.complete(results);
        }
        return live.waiting();
      }
      longReads.keep(unit);
    }
    connection.rollback();
    return live.waiting();
  }

  /** Locks the accounts that are free, and returns the others. */
  private Set<AccountKey> lock(UnitOfWork unit) throws SQLException {
    try (var _ = time.begin()) {
      Set<AccountKey> busy = unit.lock(jdbc, live.accounts());
      // What was read ahead took long, and would be read again if others were a moment faster.
      if (longReads.account() != null && !busy.isEmpty()) {
        awaitMore(busy);
        busy = unit.lock(jdbc, busy);
      }
      return busy;
    }
  }

  /**
   * Waits a little for more locks. A lock that is not free in time does not release those that are
   * held.
   */
  private void awaitMore(Set<AccountKey> accounts) throws SQLException {
    var end = Deadline.after(limit.dividedBy(MORE_LOCKS_PART));
    for (AccountKey account : new TreeSet<>(accounts)) {
      if (end.expired()) {
        return;
      }
      Savepoint before = connection.setSavepoint();
      if (!gets(account)) {
        connection.rollback(before);
      }
    }
  }

  /**
   * The results; fewer than there are commands if one of them failed by its own fault or is left
   * out.
   */
  private List<Object> decide(UnitOfWork unit) {
    if (!live.prepare(unit)) {
      return List.of();
    }
    load(unit);
    return longReads.leaveOut(unit, live) ? List.of() : live.decide(unit);
  }

  /** A long read does not count as slowness of the database. */
  private void load(UnitOfWork unit) {
    if (longReads.allowed()) {
      unit.load(jdbc, dialect);
    } else {
      try (var _ = time.begin()) {
        unit.load(jdbc, dialect);
      }
    }
  }

  /** A commit with an unknown outcome is unknown for the commands that it was to apply only. */
  private void writeOrFail(UnitOfWork unit) throws SQLException {
    try {
      write(unit);
    } catch (CommitOutcomeUnknownException e) {
      var _ = live.fail(e, _ -> true);
      throw e;
    }
  }

  private void write(UnitOfWork unit) throws SQLException {
    Writes writes = unit.flush(dialect);
    try (var _ = time.begin()) {
      writes.execute(connection);
    }
    requireTime();
    try (var _ = time.begin()) {
      commit(connection);
    }
  }

  /** The database is to blame only if it took most of the time. */
  private void requireTime() {
    if (!life.expired()) {
      return;
    }
    if (longReads.account() != null) {
      throw new TransactionTooLongException(longReads.account(), null);
    }
    throw time.nanos() - databaseNanosBefore > limit.dividedBy(2).toNanos()
        ? new DatabaseUnavailableException(
            "a transaction took longer than the %d ms that are allowed".formatted(limit.toMillis()))
        : new TransactionTooLongException(limit);
  }

  /**
   * Fails the commands because of which it took too long; the others can be applied without them.
   * These are the commands that needed the account with the long read, or otherwise those with the
   * most accounts, which take longest to decide. If all have the same number of accounts, the cause
   * is unknown and all fail: trying them one by one could block the lane for one limit each.
   */
  void failCauses(TransactionTooLongException e) {
    AccountKey account = e.account();
    boolean anyAsks =
        account != null && live.fail(e, command -> longReads.asksAbout(command, account)) > 0;
    if (!anyAsks) {
      int most = live.mostAccounts();
      var _ = live.fail(e, command -> command.accounts().size() == most);
    }
  }

  private static void commit(Connection connection) {
    try {
      connection.commit();
    } catch (SQLException e) {
      if (SqlFailure.rolledBack(e)) {
        throw new TransientDataAccessResourceException("commit", e);
      }
      throw new CommitOutcomeUnknownException(e);
    } catch (RuntimeException | Error e) {
      // The driver has failed, and it is unknown what it had sent.
      throw new CommitOutcomeUnknownException(e);
    }
  }
}
