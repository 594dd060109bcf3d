package io.quittance.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.jdbc.DataSourceHealthIndicator;
import org.springframework.boot.autoconfigure.flyway.FlywayDataSource;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/**
 * Bulkheads: reports have a pool of their own, so that they take no connections from other work.
 * The pool for reads is Spring Boot's.
 */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

  private static final Duration REPORT_LIMIT = Duration.ofMinutes(10);

  /**
   * PostgreSQL ends a migration's session after 60 s idle in a transaction, so that a frozen
   * replica gives its locks back.
   */
  private static final Map<String, String> MIGRATION_SETTINGS =
      Map.of(
          "ApplicationName",
          "quittance migration",
          "options",
          "-c statement_timeout=0 -c idle_in_transaction_session_timeout=60s -c lock_timeout="
              + MigrationLocks.LIMIT.toMillis());

  @Bean
  Distribution distribution(DatabaseProperties properties) {
    return properties.distribution();
  }

  /**
   * A connection for each report that may run, and one for watches, so that nobody waits for one;
   * they are opened when needed.
   */
  @Bean(defaultCandidate = false)
  @Qualifier(ReportConnections.POOL)
  HikariDataSource reportPool(DataSourceProperties database, DatabaseProperties properties) {
    return DedicatedPool.of(database, ReportConnections.POOL, properties.reportConnections() + 1);
  }

  /** The limit is a setting of the ledger, which this module does not know. */
  @Bean
  ReportConnections reportConnections(
      @Qualifier(ReportConnections.POOL) DataSource pool,
      DatabaseProperties properties,
      Environment environment) {
    Duration limit =
        Binder.get(environment)
            .bind("quittance.ledger.report-limit", Duration.class)
            .orElse(REPORT_LIMIT);
    return new ReportConnections(pool, properties.reportConnections(), limit);
  }

  /**
   * Migrations have connections of their own, without the service's limits: an index over a hundred
   * million rows can take hours. {@link MigrationLocks} says how they wait for locks.
   */
  @Bean(defaultCandidate = false)
  @FlywayDataSource
  DataSource migrations(DataSourceProperties database) throws SQLException {
    String url = database.determineUrl();
    var connections =
        new SimpleDriverDataSource(
            DriverManager.getDriver(url),
            url,
            database.determineUsername(),
            database.determinePassword());
    if (url.startsWith("jdbc:postgresql:")) {
      var settings = new Properties();
      settings.putAll(HostSockets.SETTINGS);
      settings.putAll(MIGRATION_SETTINGS);
      connections.setConnectionProperties(settings);
    }
    return connections;
  }

  @Bean
  MigrationLocks migrationLocks() {
    return new MigrationLocks();
  }

  /** Checks the pool for reads only: a check of the report pool could wait for a report. */
  @Bean
  DataSourceHealthIndicator dbHealthIndicator(DataSource reads) {
    return new DataSourceHealthIndicator(reads);
  }
}
