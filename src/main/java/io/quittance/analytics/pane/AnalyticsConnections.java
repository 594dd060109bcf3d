package io.quittance.analytics.pane;

import javax.sql.DataSource;

/** The connections of analytics, so that what hangs there keeps nothing else from the database. */
public record AnalyticsConnections(DataSource pool) {}
