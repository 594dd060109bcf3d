package io.quittance.analytics.payment;

import io.quittance.analytics.pane.PaymentCounts;
import io.quittance.database.ReportConnections;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * Compares the events of payments that panes have with those that payments have, in one snapshot:
 * each payment stores how many events it has had. It reads all payments of a merchant, so it runs
 * as a report. Thread-safe.
 */
@Component
final class JournaledEvents implements PaymentCounts {

  private static final String STORED =
      """
      select coalesce(sum(event_count), 0) from payments where merchant_id = ? and counted
      """;

  private static final String COUNTED =
      "select coalesce(sum(events), 0) from analytics_roll_ups where merchant_id = ?";

  private final ReportConnections connections;
  private final PendingDeltas pending;

  JournaledEvents(ReportConnections connections, PendingDeltas pending) {
    this.connections = connections;
    this.pending = pending;
  }

  @Override
  public Counts of(UUID merchantId) {
    return connections.report(
        merchantId,
        jdbc ->
            new Counts(
                count(jdbc, STORED, merchantId),
                count(jdbc, COUNTED, merchantId) + pending.events(jdbc, merchantId)));
  }

  private static long count(JdbcOperations jdbc, String sql, UUID merchantId) {
    Long count = jdbc.queryForObject(sql, Long.class, merchantId);
    return count == null ? 0 : count;
  }
}
