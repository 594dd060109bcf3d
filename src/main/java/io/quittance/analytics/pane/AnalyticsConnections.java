package io.quittance.analytics.pane;

import io.quittance.database.ReservedConnection;
import javax.sql.DataSource;

/**
 * The connection pool of analytics, so that a hanging statement there takes no connection from
 * other work.
 */
public record AnalyticsConnections(DataSource pool) {

  /**
   * For a job of analytics that uses the pool for reads: until it is closed, the calling thread
   * leaves a connection to others' jobs. Panes that are locked would otherwise keep two of them
   * waiting, and webhooks, recovery and sweeps with them.
   */
  public static ReservedConnection.Reserved forJob() {
    return ReservedConnection.forJobs("analytics");
  }
}
