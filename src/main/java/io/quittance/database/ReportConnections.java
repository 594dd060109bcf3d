package io.quittance.database;

import javax.sql.DataSource;

/**
 * The connections of reports.
 *
 * @param size how many there are
 */
public record ReportConnections(DataSource pool, int size) {

  static final String POOL = "reports";
}
