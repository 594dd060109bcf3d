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
 * What every connection to PostgreSQL needs and H2 does not know: no statement, lock, socket or
 * client that is silent in a transaction may keep others waiting for ever, batches of inserts
 * travel as one statement, no host takes the time of the next ({@link HostSockets}), and a
 * connection to a server that cannot write is given up. Each read is planned anew ({@code
 * plan_cache_mode}), for the values that it has: a plan takes a fraction of a millisecond, and one
 * that is kept may fit a table that was empty then, or walk through all of a merchant's panes for
 * one figure. A setting in the URL wins.
 */
@Component
class PostgresConnections implements BeanPostProcessor {

  private static final String READS = "dataSource";

  /** A sweep's batch has several statements. */
  private static final Duration TRANSACTION_MAX = Duration.ofSeconds(30);

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "ApplicationName", "quittance",
          "reWriteBatchedInserts", "true",
          "socketTimeout", "20",
          "options",
              "-c statement_timeout=10s -c idle_in_transaction_session_timeout=10s -c lock_timeout=5s"
                  + " -c plan_cache_mode=force_custom_plan");

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
