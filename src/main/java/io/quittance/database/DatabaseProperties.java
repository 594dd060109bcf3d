package io.quittance.database;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The database's distribution, and the connections of reports. Those for reads are configured by
 * {@code spring.datasource.hikari}.
 *
 * @param distribution how the tables are distributed
 * @param reportConnections how many reports run at once; watches have one more connection
 */
@ConfigurationProperties("quittance.database")
record DatabaseProperties(
    @DefaultValue("none") Distribution distribution,
    @DefaultValue("2") @Min(1) int reportConnections) {}
