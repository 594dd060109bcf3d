package io.quittance.analytics.payment;

import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.analytics.pane.PaneDeltas;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.stereotype.Component;

/**
 * Deltas that are committed and not rolled up yet. A reader that adds them to the panes of the same
 * snapshot sees every committed payment without waiting for a roll-up. Few deltas are in memory at
 * a time, however many wait. Thread-safe.
 */
@Component
public final class PendingDeltas {

  /** Takes some tenths of a second to read. */
  static final int CHANGES_MAX = 100_000;

  private static final int FETCHED = 100;

  private static final String SELECT =
      "select id, payload from analytics_payment_deltas where merchant_id = ? order by id";

  private final AnalyticsProperties properties;

  PendingDeltas(AnalyticsProperties properties) {
    this.properties = properties;
  }

  /**
   * The merchant's pending deltas in the snapshot of the caller's transaction, as panes. Of a long
   * backlog these are the oldest, up to about {@value #CHANGES_MAX} changes of payments; the
   * figures are then those of an earlier moment. A delta that cannot be read is skipped.
   */
  public PaneDeltas read(JdbcOperations jdbc, UUID merchantId) {
    return scan(
        jdbc,
        merchantId,
        rows -> {
          var panes = new PaneDeltas();
          @Nullable LabelLimits limits = null;
          for (int changes = 0; changes < CHANGES_MAX && rows.next(); ) {
            Optional<PaymentDelta> delta = StoredDelta.of(merchantId, rows).readable();
            if (delta.isPresent()) {
              limits = limits == null ? limits(jdbc, merchantId) : limits;
              PaymentPanes.add(delta.get(), limits, panes);
              changes += delta.get().size();
            }
          }
          return panes;
        });
  }

  private LabelLimits limits(JdbcOperations jdbc, UUID merchantId) {
    return LabelLimits.load(jdbc, merchantId, properties.maxLabelValues());
  }

  /** How many events of payments are pending, without those that cannot be read. */
  long events(JdbcOperations jdbc, UUID merchantId) {
    return scan(
        jdbc,
        merchantId,
        rows -> {
          long events = 0;
          while (rows.next()) {
            events +=
                StoredDelta.of(merchantId, rows).readable().map(PaymentDelta::events).orElse(0L);
          }
          return events;
        });
  }

  /**
   * How many pending payments were created in a time range.
   *
   * @throws UnreadableDeltaException some cannot be read, so there may be more
   */
  long begun(JdbcOperations jdbc, UUID merchantId, Instant from, Instant to) {
    return scan(
        jdbc,
        merchantId,
        rows -> {
          long begun = 0;
          while (rows.next()) {
            begun += StoredDelta.of(merchantId, rows).read().begun(from, to);
          }
          return begun;
        });
  }

  private static <T> T scan(JdbcOperations jdbc, UUID merchantId, ResultSetExtractor<T> reader) {
    return Objects.requireNonNull(
        jdbc.query(
            SELECT,
            statement -> {
              // Otherwise the driver reads all rows before it returns the first.
              statement.setFetchSize(FETCHED);
              statement.setObject(1, merchantId);
            },
            reader));
  }
}
