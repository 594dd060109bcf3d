package io.quittance;

import io.quittance.database.Distribution;
import io.quittance.database.MigrationLocks;
import java.util.stream.Stream;
import org.flywaydb.core.api.Location;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.flyway.FlywayConfigurationCustomizer;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Brings the database's schema up to date, and logs its version in one line. */
@Configuration(proxyBeanMethods = false)
class SchemaConfiguration {

  private static final Location DISTRIBUTED = new Location("classpath:db/migration/citus");

  private static final Logger log = LoggerFactory.getLogger(SchemaConfiguration.class);

  /** Flyway runs the migrations of this location after all versioned ones. */
  @Bean
  FlywayConfigurationCustomizer distributedTables(Distribution distribution) {
    return flyway -> {
      if (distribution == Distribution.CITUS) {
        flyway.locations(
            Stream.concat(Stream.of(flyway.getLocations()), Stream.of(DISTRIBUTED))
                .toArray(Location[]::new));
      }
    };
  }

  @Bean
  FlywayMigrationStrategy migrationStrategy() {
    return flyway -> {
      MigrateResult result = MigrationLocks.migrate(flyway);
      if (result.migrationsExecuted == 0) {
        log.info("The database's schema is up to date, at version {}", result.initialSchemaVersion);
      } else {
        log.info(
            "The database's schema was migrated to version {} by {} migrations",
            result.targetSchemaVersion,
            result.migrationsExecuted);
      }
    };
  }
}
