package io.quittance.database;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.jdbc.DataSourceHealthIndicator;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Bulkheads: reports have a pool of their own, so that they leave everybody else their connections.
 * The pool for reads is Spring Boot's.
 */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

  private static final Duration IDLE_MAX = Duration.ofMinutes(1);

  /** Whoever may make a report finds a connection at once, so it holds none in reserve. */
  @Bean(defaultCandidate = false)
  @Qualifier(ReportConnections.POOL)
  HikariDataSource reportPool(DataSourceProperties database, DatabaseProperties properties) {
    HikariDataSource pool =
        database.initializeDataSourceBuilder().type(HikariDataSource.class).build();
    pool.setPoolName(ReportConnections.POOL);
    pool.setMaximumPoolSize(properties.reportConnections());
    pool.setMinimumIdle(0);
    pool.setIdleTimeout(IDLE_MAX.toMillis());
    return pool;
  }

  @Bean
  ReportConnections reportConnections(
      @Qualifier(ReportConnections.POOL) DataSource pool, DatabaseProperties properties) {
    return new ReportConnections(pool, properties.reportConnections());
  }

  /** Asks the pool for reads only: to ask that for reports would be to wait for a report. */
  @Bean
  DataSourceHealthIndicator dbHealthIndicator(DataSource reads) {
    return new DataSourceHealthIndicator(reads);
  }
}
