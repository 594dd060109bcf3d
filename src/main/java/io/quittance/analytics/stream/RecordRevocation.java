package io.quittance.analytics.stream;

import io.quittance.analytics.intake.CommitMarks;
import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.database.Clocks;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/** Revokes records that the broker did not acknowledge. Thread-safe. */
final class RecordRevocation {

  private final AnalyticsConnections connections;
  private final Clocks clocks;

  RecordRevocation(AnalyticsConnections connections, Clocks clocks) {
    this.connections = connections;
    this.clocks = clocks;
  }

  /**
   * Prevents that a record is ever counted, unless it was.
   *
   * @return false: it was counted
   * @throws SQLException the outcome is not known yet
   */
  boolean revoke(UUID merchantId, UUID id) throws SQLException {
    try (Connection connection = connections.pool().getConnection()) {
      return CommitMarks.revoke(connection, merchantId, id, clocks.later());
    }
  }
}
