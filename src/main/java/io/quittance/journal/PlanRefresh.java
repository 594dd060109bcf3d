package io.quittance.journal;

import io.quittance.database.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Makes PostgreSQL plan the statements of a connection again before its first, second, fourth,
 * eighth, … transaction. The server keeps the plan of a statement's first executions until the
 * table is analyzed. In a new database that is a plan for empty tables, which reads whole tables
 * once they have filled. Thread-safe.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-discard.html">DISCARD PLANS</a>
 */
final class PlanRefresh {

  /** After this many transactions the tables are analyzed, or grow too slowly to matter. */
  private static final int TRANSACTIONS_MAX = 1 << 16;

  private final Dialect dialect;
  private final Map<Connection, Integer> transactions =
      Collections.synchronizedMap(new WeakHashMap<>());

  PlanRefresh(Dialect dialect) {
    this.dialect = dialect;
  }

  /** Must be called before each transaction of the connection. */
  void before(Connection connection) throws SQLException {
    if (!dialect.postgres()) {
      return;
    }
    int number = transactions.merge(connection.unwrap(Connection.class), 1, Integer::sum);
    if (number <= TRANSACTIONS_MAX && Integer.bitCount(number) == 1) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("discard plans");
      }
    }
  }
}
