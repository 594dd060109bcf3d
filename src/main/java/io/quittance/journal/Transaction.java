package io.quittance.journal;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Job;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Applies commands in one database transaction. It waits for no account: commands whose accounts
 * are locked elsewhere are left out. A command that has expired, or whose own code fails, is left
 * out, too, and told so; the others are decided anew without it, under the same locks.
 *
 * <p>Thread-safe; each call uses a connection of its own.
 */
final class Transaction {

  /** How often a lock that was not free is tried again in a patient transaction, and how soon. */
  private static final int LOCK_TRIES = 25;

  private static final long LOCK_INTERVAL_NANOS = Duration.ofMillis(2).toNanos();

  private final DataSource dataSource;
  private final Dialect dialect;
  private final List<Table.Factory> tables;
  private final Duration limit;
  private final Duration lockLimit;
  private final FreshPlans plans;

  Transaction(
      DataSource dataSource,
      Dialect dialect,
      List<Table.Factory> tables,
      JournalProperties properties) {
    this.dataSource = dataSource;
    this.dialect = dialect;
    this.tables = tables;
    this.limit = properties.transactionLimit();
    this.lockLimit = properties.lockLimit();
    this.plans = new FreshPlans(dialect);
  }

  /** Whether all of a transaction's commands have to be one merchant's. */
  boolean ofOneMerchant() {
    return dialect.distributed();
  }

  /**
   * Applies the commands in order. Each job that was applied has its result when this returns.
   *
   * @param awaited an account that all of them need, and whose lock is waited for first; null: none
   * @return the commands that could not be applied because of others' locks
   * @throws FateUnknownException the commit was sent and not answered
   * @throws SQLException as with any other exception, nothing was applied
   */
  List<WaitingCommand> apply(List<Job<Command<?>, Object>> jobs, @Nullable AccountKey awaited)
      throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        plans.before(connection);
        dialect.limitLocks(connection, lockLimit);
        var attempt = new Attempt(connection, jobs);
        return awaited == null ? attempt.run() : attempt.runUnder(awaited);
      } catch (SQLException | RuntimeException | Error e) {
        rollback(connection, e);
        throw e;
      }
    }
  }

  /** Whether a command wants to know what is read ahead about an account. */
  boolean asksAbout(Command<?> command, AccountKey account) {
    UnitOfWork unit = UnitOfWork.of(tables);
    command.prepare(unit);
    return unit.asksAbout(account);
  }

  /** One transaction from its first statement to its commit. Confined to one thread. */
  private final class Attempt {

    private final Deadline life = Deadline.after(limit);
    private final Connection connection;
    private final JdbcOperations jdbc;
    private final LiveCommands live;
    private boolean patient;
    private @Nullable UnitOfWork ahead;
    private long databaseNanos;

    Attempt(Connection connection, List<Job<Command<?>, Object>> jobs) {
      this.connection = connection;
      this.jdbc = on(connection);
      this.live = new LiveCommands(jobs);
    }

    /** As {@link #run}, after the lock of an account that all of them need. */
    List<WaitingCommand> runUnder(AccountKey awaited) throws SQLException {
      if (gets(awaited)) {
        readAhead(awaited);
        return run();
      }
      connection.rollback();
      return live.allWaitFor(awaited);
    }

    /** Waits for an account's lock, for as long as the connection waits for locks. */
    private boolean gets(AccountKey account) {
      try {
        UnitOfWork.of(tables).awaitLock(jdbc, account);
        return true;
      } catch (DataAccessException e) {
        if (SqlStates.lockTimeout(e)) {
          return false;
        }
        throw e;
      }
    }

    private void readAhead(AccountKey locked) {
      while (ahead == null && live.dropExpired()) {
        UnitOfWork unit = UnitOfWork.of(tables);
        if (live.prepare(unit)) {
          patient = unit.readAhead(jdbc, locked);
          ahead = unit;
        }
      }
    }

    List<WaitingCommand> run() throws SQLException {
      while (live.dropExpired()) {
        requireTime();
        UnitOfWork unit = UnitOfWork.of(tables, patient, ahead);
        if (!live.leaveOut(lock(unit))) {
          break;
        }
        List<Object> results = decide(unit);
        if (live.size() > 0 && results.size() == live.size() && !live.anyExpired()) {
          write(unit);
          try {
            unit.committed();
          } finally {
            live.tell(results);
          }
          return live.waiting();
        }
        // The locks that guard what it has read are held until the end.
        ahead = patient ? unit : ahead;
      }
      connection.rollback();
      return live.waiting();
    }

    /** Locks what is free, and returns what is not. */
    private Set<AccountKey> lock(UnitOfWork unit) {
      long asked = System.nanoTime();
      Set<AccountKey> busy = unit.lock(jdbc, live.accounts());
      // What was read ahead took long, and would be read again if others were a moment faster.
      for (int i = 0; patient && !busy.isEmpty() && i < LOCK_TRIES; i++) {
        LockSupport.parkNanos(LOCK_INTERVAL_NANOS);
        busy = unit.lock(jdbc, busy);
      }
      databaseNanos += System.nanoTime() - asked;
      return busy;
    }

    /**
     * The results, or fewer than there are commands if one of them failed by its own fault, or is
     * left out.
     */
    private List<Object> decide(UnitOfWork unit) {
      if (!live.prepare(unit)) {
        return List.of();
      }
      long asked = System.nanoTime();
      unit.load(jdbc, dialect);
      // How much a patient one reads is its commands' affair.
      databaseNanos += patient ? 0 : System.nanoTime() - asked;
      return leavesOut(unit.tooMuchToRead()) ? List.of() : live.decide(unit);
    }

    /** Whether the commands of these accounts have to be applied apart, if there are any. */
    private boolean leavesOut(Set<AccountKey> laborious) {
      if (laborious.isEmpty()) {
        return false;
      }
      int before = live.size();
      live.leaveOut(laborious);
      // Nobody who could be left out has asked for it: then it has to be read here.
      patient |= live.size() == before;
      return true;
    }

    private void write(UnitOfWork unit) throws SQLException {
      Writes writes = unit.flush(dialect);
      long asked = System.nanoTime();
      writes.execute(connection);
      databaseNanos += System.nanoTime() - asked;
      requireTime();
      commit(connection);
    }

    /** Only a database that took most of the time is to blame for it. */
    private void requireTime() {
      if (life.expired()) {
        throw databaseNanos > limit.dividedBy(2).toNanos()
            ? new DatabaseUnavailableException(
                "a transaction took longer than the %d ms that are allowed"
                    .formatted(limit.toMillis()))
            : new TransactionTooLongException(limit);
      }
    }
  }

  /** Runs statements on this connection, which stays open. */
  static JdbcTemplate on(Connection connection) {
    return new JdbcTemplate(new SingleConnectionDataSource(connection, true));
  }

  private static void commit(Connection connection) {
    try {
      connection.commit();
    } catch (SQLException e) {
      if (SqlStates.rolledBack(e)) {
        throw new TransientDataAccessResourceException("commit", e);
      }
      throw new FateUnknownException(e);
    } catch (RuntimeException | Error e) {
      // The driver has failed, and it is unknown what it had sent.
      throw new FateUnknownException(e);
    }
  }

  private static void rollback(Connection connection, Throwable reason) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }
}
