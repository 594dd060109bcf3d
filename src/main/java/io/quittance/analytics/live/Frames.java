package io.quittance.analytics.live;

import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.analytics.pane.EventMetrics;
import io.quittance.analytics.pane.Sketch;
import io.quittance.analytics.pane.Step;
import io.quittance.analytics.payment.PaymentPanes;
import io.quittance.analytics.query.PaneReader;
import io.quittance.analytics.query.TimeRange;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes frames, each of one snapshot of the database. Thread-safe. */
@Component
class Frames {

  static final int WINDOW_SECONDS = 60;

  private static final Map<String, @Nullable Supplier<? extends Sketch>> METRICS = metrics();

  private final PaneReader panes;

  Frames(PaneReader panes) {
    this.panes = panes;
  }

  private static Map<String, @Nullable Supplier<? extends Sketch>> metrics() {
    Map<String, @Nullable Supplier<? extends Sketch>> metrics = new HashMap<>();
    metrics.put(PaymentPanes.PAYMENTS_BY_PAYEE, null);
    metrics.put(PaymentPanes.LATENCY, Sketch.Quantiles::new);
    metrics.put(EventMetrics.EVENTS, null);
    return metrics;
  }

  /** The current frame of a merchant. */
  LiveFrame of(UUID merchantId) {
    try (var _ = AnalyticsConnections.forJob()) {
      return panes.read(
          merchantId,
          snapshot -> {
            Instant now = snapshot.now();
            long end = now.getEpochSecond() + 1;
            var sums = new FrameSums(end - WINDOW_SECONDS, WINDOW_SECONDS);
            snapshot.read(
                METRICS, Step.SECOND, new TimeRange(end - WINDOW_SECONDS, end), sums::add);
            return sums.frame(now);
          });
    }
  }
}
