package io.quittance.database;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;

/**
 * Makes the connection pools of those parts that have connections of their own. Connections are
 * opened when they are needed, and closed a minute later. Whoever wants it otherwise sets it.
 */
public final class OwnPool {

  private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration VALIDATION_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration IDLE_MAX = Duration.ofMinutes(1);

  /** Earlier versions do not have it. */
  private static final String TRANSACTION_TIMEOUT =
      "select set_config(name, '%d', false) from pg_settings where name = 'transaction_timeout'";

  private OwnPool() {}

  /**
   * A pool of the service's database.
   *
   * @param name of the pool in metrics, and what the server shows after "quittance"
   * @param connections at most
   */
  public static HikariDataSource of(DataSourceProperties database, String name, int connections) {
    HikariDataSource pool =
        database.initializeDataSourceBuilder().type(HikariDataSource.class).build();
    pool.setPoolName(name);
    pool.setMaximumPoolSize(connections);
    pool.setMinimumIdle(0);
    pool.setIdleTimeout(IDLE_MAX.toMillis());
    pool.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
    pool.setValidationTimeout(VALIDATION_TIMEOUT.toMillis());
    if (postgres(pool)) {
      pool.addDataSourceProperty("ApplicationName", "quittance " + name);
    }
    return pool;
  }

  /** Sets limits of a session, such as {@code -c lock_timeout=2s}; H2 has none of them. */
  public static void limit(HikariDataSource pool, String options) {
    if (postgres(pool)) {
      pool.addDataSourceProperty("options", options);
    }
  }

  /**
   * Has PostgreSQL 17 and later end transactions after this time. A client that falls asleep in the
   * middle of sending is neither idle in its transaction nor in a statement: no other limit ends
   * that, and its locks are kept for as long.
   */
  public static void limitTransactions(HikariDataSource pool, Duration limit) {
    if (postgres(pool)) {
      // Commits what initializes a connection. Else it waits in a transaction, which PostgreSQL
      // ends, and a rollback takes the limit back.
      pool.setIsolateInternalQueries(true);
      pool.setConnectionInitSql(TRANSACTION_TIMEOUT.formatted(limit.toMillis()));
    }
  }

  /** Whether it leads to PostgreSQL, and not to H2. */
  public static boolean postgres(HikariDataSource pool) {
    return pool.getJdbcUrl().startsWith("jdbc:postgresql:");
  }
}
