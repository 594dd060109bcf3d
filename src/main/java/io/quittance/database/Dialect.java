package io.quittance.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.postgresql.PGStatement;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * The differences in SQL between H2, PostgreSQL, and PostgreSQL with Citus. Thread-safe.
 *
 * <p>Citus sends a statement to one server if it names the merchant by a parameter; a join with
 * rows that name it goes to all servers.
 */
@Component
public final class Dialect {

  private final boolean postgres;
  private final boolean distributed;
  private final Clocks clocks;

  /** For a database on one server. */
  public Dialect(DataSource dataSource) throws SQLException {
    this(dataSource, Distribution.NONE, new Clocks(Clock.systemUTC()));
  }

  @Autowired
  public Dialect(DataSource dataSource, Distribution distribution, Clocks clocks)
      throws SQLException {
    this.clocks = clocks;
    distributed = distribution == Distribution.CITUS;
    try (Connection connection = dataSource.getConnection()) {
      postgres = connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    }
  }

  public boolean postgres() {
    return postgres;
  }

  /** Whether each merchant's rows are on one of several servers. */
  public boolean distributed() {
    return distributed;
  }

  /**
   * The table to join for one row per merchant, by its {@code id}; on Citus another one than
   * elsewhere, because rows of all merchants are joined with it.
   */
  public String merchants() {
    return distributed ? "tenants" : "merchants";
  }

  /**
   * A condition that names the merchants of the joined rows, on databases where that helps. It goes
   * to the end of a statement, and its parameter is bound by {@link #bindMerchants}.
   *
   * @param table the distributed table's name in the statement
   */
  public String ofMerchants(String table) {
    return distributed ? " and " + table + ".merchant_id = any(?)" : "";
  }

  /** Binds the parameter of {@link #ofMerchants}, if there is one. */
  public void bindMerchants(PreparedStatement statement, int index, Object... merchantIds)
      throws SQLException {
    if (distributed) {
      ArrayParameters.bind(statement, index, "uuid", merchantIds);
    }
  }

  /** As above, with the merchants of rows. */
  public <R> void bindMerchants(
      PreparedStatement statement, int index, Collection<R> rows, Function<R, UUID> merchantId)
      throws SQLException {
    if (distributed) {
      ArrayParameters.bind(statement, index, "uuid", rows, merchantId);
    }
  }

  /**
   * Limits how long the current transaction waits for a lock. On one server the session's setting
   * does that; with several servers it is set in each transaction.
   */
  public void limitLocks(Connection connection, Duration limit) throws SQLException {
    if (distributed) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("set local lock_timeout = " + limit.toMillis());
      }
    }
  }

  /** Limits how long the current transaction waits for each lock, on PostgreSQL. */
  public void limitLockWaits(JdbcOperations jdbc, Duration limit) {
    if (postgres) {
      jdbc.execute("set local lock_timeout = " + limit.toMillis());
    }
  }

  /**
   * The database's clock: on PostgreSQL the time now, on H2 the time at which the transaction first
   * asked, which is the same for all of its statements.
   */
  public Instant now(JdbcOperations jdbc) {
    String sql = postgres ? "select clock_timestamp()" : "select current_timestamp(6)";
    Instant now =
        Objects.requireNonNull(jdbc.queryForObject(sql, OffsetDateTime.class)).toInstant();
    clocks.note(now);
    return now;
  }

  /**
   * The earlier of the database's clock and this replica's. What is deleted by its age goes by it,
   * so that one clock that is ahead does not delete young rows.
   */
  public Instant earlierNow(JdbcOperations jdbc) {
    return clocks.earlier(now(jdbc));
  }

  /**
   * Updates the rows of a table {@code t} from a set of rows {@code k}. A distributed PostgreSQL
   * takes no {@code merge} here, and H2 nothing else.
   */
  public String update(String table, String set, String source, String match) {
    return postgres
        ? "update %s t set %s from %s where %s".formatted(table, set, source, match)
            + ofMerchants("t")
        : "merge into %s t using (select * from %s) k on %s when matched then update set %s"
            .formatted(table, source, match, set);
  }

  /**
   * A statement that writes rows of many merchants. Citus reports any error of an insert-select as
   * an internal error, unless the insert returns something. But a duplicate key and a lock timeout
   * must be recognized.
   */
  public String write(String sql) {
    return distributed && sql.startsWith("insert into") ? sql + " returning merchant_id" : sql;
  }

  /** The form for this database. */
  public String either(String onPostgres, String onH2) {
    return postgres ? onPostgres : onH2;
  }

  /**
   * Deletes rows of many merchants, some at a time, and passes over those that another transaction
   * has locked. Citus cannot do so with the rows of more than one merchant, nor H2 in an inner
   * query: there it waits for them; and Citus deletes all at once.
   *
   * @param order a column with an index that finds exactly the condition's rows
   */
  public String deleteUnlocked(String table, String condition, String order, int limit) {
    if (distributed) {
      return "delete from %s where %s".formatted(table, condition);
    }
    return either(
            """
            delete from %1$s where ctid = any(array(
              select ctid from %1$s where %2$s order by %3$s limit %4$d for update skip locked))
            """,
            "delete from %1$s where %2$s fetch first %4$d rows only")
        .formatted(table, condition, order, limit);
  }

  /** Whether tables can have partitions. */
  public boolean dividesTables() {
    return postgres;
  }

  /** Whether a statement may be several, divided by semicolons, each with parameters. */
  public boolean takesStatementsTogether() {
    return postgres;
  }

  /**
   * Lets the current transaction commit before it is on disk, for data that may be lost in a crash.
   */
  public void commitWithoutWaiting(JdbcOperations jdbc) {
    if (postgres) {
      jdbc.execute("set local synchronous_commit = off");
    }
  }

  /**
   * Makes the database plan this statement for its values each time, instead of keeping a generic
   * plan after a few executions.
   */
  public void planEachTime(PreparedStatement statement) throws SQLException {
    if (postgres) {
      statement.unwrap(PGStatement.class).setPrepareThreshold(0);
    }
  }
}
