package io.quittance.database;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The database's form, and connections beside those for reads, which are {@code
 * spring.datasource.hikari}'s.
 *
 * @param distribution where the tables are
 * @param reportConnections so many reports are made at once; watches have one more
 */
@ConfigurationProperties("quittance.database")
record DatabaseProperties(
    @DefaultValue("none") Distribution distribution,
    @DefaultValue("2") @Min(1) int reportConnections) {}
