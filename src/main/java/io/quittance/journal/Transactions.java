package io.quittance.journal;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toUnmodifiableList;

import io.quittance.concurrency.pool.Job;
import io.quittance.database.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Applies commands in one database transaction. It waits for no account: commands whose accounts
 * are locked by other transactions are left out. A command that has expired, or whose own code
 * fails, is completed with its error; the others are decided again without it, under the same
 * locks.
 *
 * <p>Thread-safe; each call uses its own connection.
 */
final class Transactions {

  private final DataSource dataSource;
  private final Dialect dialect;
  private final List<Table.Factory> tables;
  private final Duration limit;
  private final Duration lockLimit;
  private final PlanRefresh plans;

  Transactions(
      DataSource dataSource,
      Dialect dialect,
      List<Table.Factory> tables,
      JournalProperties properties) {
    this.dataSource = dataSource;
    this.dialect = dialect;
    this.tables = tables;
    this.limit = properties.transactionLimit();
    this.lockLimit = properties.lockLimit();
    this.plans = new PlanRefresh(dialect);
  }

  /**
   * Divides commands into groups that may share a transaction: until they {@linkplain
   * TransactionWeight weigh} too much, and on a distributed database only those of one merchant.
   * The groups are in the order of their first commands, those of one merchant together.
   */
  Collection<List<Job<Command<?>, Object>>> groups(List<Job<Command<?>, Object>> jobs) {
    return dialect.distributed()
        ? jobs.stream()
            .collect(
                groupingBy(
                    job -> job.item().merchantId(), LinkedHashMap::new, toUnmodifiableList()))
            .values()
            .stream()
            .flatMap(ofMerchant -> TransactionWeight.divided(ofMerchant).stream())
            .toList()
        : TransactionWeight.divided(jobs);
  }

  /**
   * Applies the commands in order. When it returns, each applied job has its result.
   *
   * @param awaited an account that all of them need, and whose lock is waited for first; null: none
   * @param time counts what the database takes
   * @return the commands that could not be applied because of others' locks
   * @throws CommitOutcomeUnknownException the commit was sent and not answered
   * @throws TransactionTooLongException nothing was applied, and the commands that caused it have
   *     failed; the others can be applied without them
   * @throws SQLException nothing was applied, as with any other exception
   */
  List<WaitingCommand> apply(
      List<Job<Command<?>, Object>> jobs, @Nullable AccountKey awaited, DatabaseTime time)
      throws SQLException {
    try (Connection connection = connect(time)) {
      try {
        begin(connection, time);
        var transaction = new Transaction(connection, dialect, tables, limit, jobs, time);
        return applied(transaction, awaited);
      } catch (SQLException | RuntimeException | Error e) {
        rollback(connection, e);
        throw e;
      }
    }
  }

  private static List<WaitingCommand> applied(Transaction transaction, @Nullable AccountKey awaited)
      throws SQLException {
    try {
      return awaited == null ? transaction.run() : transaction.runUnder(awaited);
    } catch (TransactionTooLongException e) {
      transaction.failCauses(e);
      throw e;
    }
  }

  private Connection connect(DatabaseTime time) throws SQLException {
    try (var _ = time.begin()) {
      return dataSource.getConnection();
    }
  }

  private void begin(Connection connection, DatabaseTime time) throws SQLException {
    try (var _ = time.begin()) {
      connection.setAutoCommit(false);
      plans.before(connection);
      dialect.limitLocks(connection, lockLimit);
    }
  }

  /** How long a statement waits for a lock. */
  Duration lockLimit() {
    return lockLimit;
  }

  /** Runs statements on this connection, which stays open. */
  static JdbcTemplate on(Connection connection) {
    return new JdbcTemplate(new SingleConnectionDataSource(connection, true));
  }

  private static void rollback(Connection connection, Throwable reason) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }
}
