package io.quittance.database;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Connections beside those for reads, which are {@code spring.datasource.hikari}'s.
 *
 * @param reportConnections so many reports are made at once
 */
@ConfigurationProperties("quittance.database")
record DatabaseProperties(@DefaultValue("2") int reportConnections) {

  DatabaseProperties {
    if (reportConnections < 1) {
      throw new IllegalArgumentException(
          "quittance.database.report-connections must be at least 1");
    }
  }
}
