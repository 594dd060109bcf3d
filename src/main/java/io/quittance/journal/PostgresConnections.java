package io.quittance.journal;

import com.zaxxer.hikari.HikariDataSource;
import io.quittance.database.DedicatedPool;
import io.quittance.database.Eviction;
import io.quittance.database.HostSockets;
import java.time.Duration;
import java.util.Map;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/**
 * Settings of every connection to PostgreSQL that H2 does not have. Statements, locks, sockets and
 * idle transactions have time limits; batched inserts are sent as one statement; each host has its
 * own time to connect ({@link HostSockets}); and a connection to a server that cannot write is
 * closed. Each read is planned for its own values ({@code plan_cache_mode}): planning takes a
 * fraction of a millisecond, while a cached plan may be for a table that was empty then, or read
 * all of a merchant's panes for one figure. A setting in the URL wins.
 */
@Component
class PostgresConnections implements BeanPostProcessor {

  /**
   * With Citus, makes the settings of a transaction apply on all servers that it uses; without, it
   * is a setting that nobody reads.
   */
  static final String LIMITS_REACH_ALL_SERVERS = " -c citus.propagate_set_commands=local";

  private static final String READS = "dataSource";

  /** Longer than a statement, because a transaction of a sweep has several. */
  private static final Duration TRANSACTION_MAX = Duration.ofSeconds(30);

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "ApplicationName", "quittance",
          "reWriteBatchedInserts", "true",
          "socketTimeout", "20",
          "options",
              "-c statement_timeout=10s -c idle_in_transaction_session_timeout=10s -c lock_timeout=1s"
                  + " -c plan_cache_mode=force_custom_plan"
                  + LIMITS_REACH_ALL_SERVERS);

  @Override
  public Object postProcessBeforeInitialization(Object bean, String name) {
    if (bean instanceof HikariDataSource pool
        && pool.getJdbcUrl() != null
        && pool.getJdbcUrl().startsWith("jdbc:postgresql:")) {
      HostSockets.SETTINGS.forEach(pool.getDataSourceProperties()::putIfAbsent);
      DEFAULTS.forEach(pool.getDataSourceProperties()::putIfAbsent);
      if (name.equals(READS)) {
        DedicatedPool.limitTransactions(pool, TRANSACTION_MAX);
      }
      pool.setExceptionOverrideClassName(Eviction.class.getName());
    }
    return bean;
  }
}
