package io.quittance;

import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Brings the database's schema up to date, and logs its version in one line. */
@Configuration(proxyBeanMethods = false)
class SchemaConfiguration {

  private static final Logger log = LoggerFactory.getLogger(SchemaConfiguration.class);

  @Bean
  FlywayMigrationStrategy migrationStrategy() {
    return flyway -> {
      MigrateResult result = flyway.migrate();
      if (result.migrationsExecuted == 0) {
        log.info("The database's schema is up to date, at version {}", result.initialSchemaVersion);
      } else {
        log.info(
            "The database's schema was brought to version {} by {} migrations",
            result.targetSchemaVersion,
            result.migrationsExecuted);
      }
    };
  }
}
