package io.quittance.analytics.stream;

import io.quittance.analytics.intake.CommitMarks;
import io.quittance.analytics.pane.AnalyticsConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.UUID;

/** Decides about records that the broker did not acknowledge. Thread-safe. */
final class RecordRevocation {

  private final AnalyticsConnections connections;
  private final Clock clock;

  RecordRevocation(AnalyticsConnections connections, Clock clock) {
    this.connections = connections;
    this.clock = clock;
  }

  /**
   * Sees to it that a record is never counted, unless it was.
   *
   * @return false: it was
   * @throws SQLException nobody can say yet
   */
  boolean revoke(UUID merchantId, UUID id) throws SQLException {
    try (Connection connection = connections.pool().getConnection()) {
      return CommitMarks.revoke(connection, merchantId, id, clock.instant());
    }
  }
}
