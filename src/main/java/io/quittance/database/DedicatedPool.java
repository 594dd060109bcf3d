package io.quittance.database;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;

/**
 * Makes connection pools for parts of the service that do not share the main pool. Connections are
 * opened when they are needed, and closed after a minute without use, unless the caller sets it
 * differently.
 */
public final class DedicatedPool {

  private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration VALIDATION_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration IDLE_MAX = Duration.ofMinutes(1);

  /** PostgreSQL before version 17 does not have this setting. */
  private static final String TRANSACTION_TIMEOUT =
      "select set_config(name, '%d', false) from pg_settings where name = 'transaction_timeout'";

  /** For transactions that write many rows or read a long backlog. */
  private static final String LIMITS =
      "-c statement_timeout=10s -c idle_in_transaction_session_timeout=2s -c lock_timeout=2s";

  private static final Duration TRANSACTION_MAX = Duration.ofMinutes(1);

  private DedicatedPool() {}

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

  /**
   * A pool of the service's database with limits: 10 s for a statement, 2 s for a lock, a minute
   * for a transaction. H2 has none of these limits.
   *
   * @param name of the pool in metrics, and what the server shows after "quittance"
   * @param connections at most
   */
  public static HikariDataSource limited(
      DataSourceProperties database, String name, int connections) {
    HikariDataSource pool = of(database, name, connections);
    limit(pool, LIMITS);
    limitTransactions(pool, TRANSACTION_MAX);
    return pool;
  }

  /** Sets limits of a session, such as {@code -c lock_timeout=2s}; H2 has none of them. */
  public static void limit(HikariDataSource pool, String options) {
    if (postgres(pool)) {
      pool.addDataSourceProperty("options", options);
    }
  }

  /**
   * Makes PostgreSQL 17 and later end transactions after this time. A client that stops in the
   * middle of sending a statement is neither idle in its transaction nor running a statement. No
   * other limit ends such a transaction, and its locks stay.
   */
  public static void limitTransactions(HikariDataSource pool, Duration limit) {
    if (postgres(pool)) {
      // Commits the statement that initializes a connection. Otherwise the connection waits in a
      // transaction, which PostgreSQL ends, and the rollback removes the limit.
      pool.setIsolateInternalQueries(true);
      pool.setConnectionInitSql(TRANSACTION_TIMEOUT.formatted(limit.toMillis()));
    }
  }

  /** Whether the pool connects to PostgreSQL, and not to H2. */
  public static boolean postgres(HikariDataSource pool) {
    return pool.getJdbcUrl().startsWith("jdbc:postgresql:");
  }
}
