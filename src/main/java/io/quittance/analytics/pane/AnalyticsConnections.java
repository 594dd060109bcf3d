package io.quittance.analytics.pane;

import javax.sql.DataSource;

/**
 * The connections of analytics, so that a statement that hangs there takes no connection from other
 * work.
 */
public record AnalyticsConnections(DataSource pool) {}
