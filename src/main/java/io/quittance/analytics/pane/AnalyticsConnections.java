package io.quittance.analytics.pane;

import javax.sql.DataSource;

/**
 * The connection pool of analytics, so that a hanging statement there takes no connection from
 * other work.
 */
public record AnalyticsConnections(DataSource pool) {}
