package io.quittance.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import javax.sql.DataSource;
import org.postgresql.PGStatement;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/** Where the SQL of H2 and of PostgreSQL must differ. Immutable. */
@Component
public final class Dialect {

  private final boolean postgres;

  Dialect(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      postgres = connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    }
  }

  /** The database's clock, now and not at the start of the transaction. */
  public Instant now(JdbcOperations jdbc) {
    String sql = postgres ? "select clock_timestamp()" : "select current_timestamp(6)";
    return Objects.requireNonNull(jdbc.queryForObject(sql, OffsetDateTime.class)).toInstant();
  }

  /** Whether a statement may be several, divided by semicolons, each with parameters. */
  boolean takesStatementsTogether() {
    return postgres;
  }

  /**
   * Lets each statement of the current transaction take so long: reports read more than any batch.
   * A transaction whose reader has stopped reading is ended all the same.
   */
  public void allow(JdbcOperations jdbc, Duration statementLimit) {
    if (postgres) {
      jdbc.execute("set local statement_timeout = " + statementLimit.toMillis());
      jdbc.execute("set local idle_in_transaction_session_timeout = '1min'");
    }
  }

  /**
   * Lets the current transaction commit before the disk has it: for what may be lost in a crash.
   */
  public void commitWithoutWaiting(JdbcOperations jdbc) {
    if (postgres) {
      jdbc.execute("set local synchronous_commit = off");
    }
  }

  /**
   * Lets the database plan this statement for its values every time, where it would otherwise
   * settle for one plan after a few executions.
   */
  public void planEachTime(PreparedStatement statement) throws SQLException {
    if (postgres) {
      statement.unwrap(PGStatement.class).setPrepareThreshold(0);
    }
  }
}
