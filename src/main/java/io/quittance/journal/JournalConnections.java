package io.quittance.journal;

import com.zaxxer.hikari.HikariDataSource;
import io.quittance.database.DedicatedPool;
import io.quittance.database.Distribution;
import java.time.Duration;
import java.util.Locale;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The journal's own connections: two for each lane, which reads and reports cannot take. No
 * transaction on them outlives {@link #longestTransaction}: PostgreSQL ends one that runs, waits or
 * idles for too long, whatever its replica does.
 */
@Configuration(proxyBeanMethods = false)
class JournalConnections {

  static final String NAME = "journalDataSource";

  private static final int CONNECTIONS_PER_LANE = 2;

  @Bean(name = NAME, defaultCandidate = false)
  @Qualifier(NAME)
  HikariDataSource journalDataSource(
      DataSourceProperties database, JournalProperties properties, Distribution distribution) {
    int connections = CONNECTIONS_PER_LANE * properties.lanes();
    HikariDataSource pool = DedicatedPool.of(database, "journal", connections);
    pool.setMinimumIdle(connections);
    pool.setIdleTimeout(0);
    pool.setAutoCommit(false);
    if (DedicatedPool.postgres(pool)) {
      DedicatedPool.limit(pool, options(properties, distribution));
      pool.addDataSourceProperty(
          "socketTimeout", String.valueOf(socketTimeout(properties).toSeconds()));
      DedicatedPool.limitTransactions(pool, longestTransaction(properties));
    } else {
      pool.setConnectionInitSql("set lock_timeout " + properties.lockLimit().toMillis());
    }
    return pool;
  }

  private static String options(JournalProperties properties, Distribution distribution) {
    long limitMs = properties.transactionLimit().toMillis();
    return String.format(
            Locale.ROOT,
            "-c statement_timeout=%d -c idle_in_transaction_session_timeout=%d -c lock_timeout=%d",
            limitMs,
            limitMs,
            properties.lockLimit().toMillis())
        + (distribution == Distribution.CITUS ? PostgresConnections.LIMITS_REACH_ALL_SERVERS : "");
  }

  /** By then the server has ended the statement, if it can be reached at all. */
  static Duration socketTimeout(JournalProperties properties) {
    return Duration.ofSeconds(longestTransaction(properties).toSeconds() + 1);
  }

  /**
   * The longest time until a transaction ends: its commit is sent within the limit, or the replica
   * stalls just before it, and PostgreSQL ends the transaction after the same time again.
   */
  static Duration longestTransaction(JournalProperties properties) {
    return properties.transactionLimit().multipliedBy(2);
  }
}
