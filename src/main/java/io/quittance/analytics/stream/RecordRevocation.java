package io.quittance.analytics.stream;

import io.quittance.analytics.intake.CommitMarks;
import io.quittance.analytics.pane.AnalyticsConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.UUID;

/** Revokes records that the broker did not acknowledge. Thread-safe. */
final class RecordRevocation {

  private final AnalyticsConnections connections;
  private final Clock clock;

  RecordRevocation(AnalyticsConnections connections, Clock clock) {
    this.connections = connections;
    this.clock = clock;
  }

  /**
   * Prevents that a record is ever counted, unless it was.
   *
   * @return false: it was counted
   * @throws SQLException the outcome is not known yet
   */
  boolean revoke(UUID merchantId, UUID id) throws SQLException {
    try (Connection connection = connections.pool().getConnection()) {
      return CommitMarks.revoke(connection, merchantId, id, clock.instant());
    }
  }
}
