package io.quittance.analytics.payment;

import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.analytics.pane.PaneDeltas;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * What is committed and not rolled up yet. A reader who adds it to the panes of the same snapshot
 * sees every payment that was committed before, without waiting for a roll-up. Thread-safe.
 */
@Component
public final class PendingDeltas {

  private static final String SELECT =
      "select payload from analytics_payment_deltas where merchant_id = ?";

  private final AnalyticsProperties properties;

  PendingDeltas(AnalyticsProperties properties) {
    this.properties = properties;
  }

  /** The merchant's pending deltas in the snapshot of the caller's transaction, as panes. */
  public PaneDeltas read(JdbcOperations jdbc, UUID merchantId) {
    List<PaymentDelta> deltas = deltas(jdbc, merchantId);
    var panes = new PaneDeltas();
    if (!deltas.isEmpty()) {
      LabelLimits limits = LabelLimits.load(jdbc, merchantId, properties.maxLabelValues());
      deltas.forEach(delta -> PaymentPanes.add(delta, limits, panes));
    }
    return panes;
  }

  /** How many of payments' events are pending. */
  long events(JdbcOperations jdbc, UUID merchantId) {
    return deltas(jdbc, merchantId).stream().mapToLong(PaymentDelta::events).sum();
  }

  /** How many pending payments were begun in a span. */
  long begun(JdbcOperations jdbc, UUID merchantId, Instant from, Instant to) {
    return deltas(jdbc, merchantId).stream()
        .flatMap(delta -> delta.payments().stream())
        .filter(change -> change.before() == null)
        .filter(change -> !change.createdAt().isBefore(from) && change.createdAt().isBefore(to))
        .count();
  }

  private static List<PaymentDelta> deltas(JdbcOperations jdbc, UUID merchantId) {
    return jdbc.query(
        SELECT, (row, number) -> DeltaReader.read(merchantId, row.getBytes("payload")), merchantId);
  }
}
