package io.quittance.analytics.pane;

import io.quittance.database.AgeSweep;
import io.quittance.database.Dialect;
import io.quittance.database.OneByOne;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Deletes panes that are too old for their step, oldest first and a few at a time. Every replica
 * runs it.
 */
@Component
final class PaneRetention {

  /** Added to the retention, so that no pane comes back because replicas' clocks differ. */
  private static final Duration MARGIN = Duration.ofMinutes(5);

  private static final int PANES_PER_BATCH = 2000;
  private static final int BATCHES_PER_SWEEP = 50;

  private static final AgeSweep.AgedRows PANES =
      new AgeSweep.AgedRows("analytics_panes", "starts_at", "step = ? and");

  private final AgeSweep sweep;
  private final Supplier<Instant> now;

  @Autowired
  PaneRetention(JdbcOperations jdbc, Dialect dialect) {
    this(JdbcClient.create(jdbc), dialect, () -> dialect.earlierNow(jdbc));
  }

  PaneRetention(JdbcClient jdbc, Dialect dialect, Supplier<Instant> now) {
    this.sweep = new AgeSweep(jdbc, dialect, PANES, PANES_PER_BATCH, BATCHES_PER_SWEEP);
    this.now = now;
  }

  @Scheduled(fixedDelayString = "${quittance.analytics.sweep-interval:10s}")
  void sweep() {
    try (var _ = AnalyticsConnections.forJob()) {
      OneByOne.forEach(
          List.of(Step.values()),
          step ->
              sweep.deleteBefore(now.get().minus(step.retention()).minus(MARGIN), step.seconds()));
    }
  }
}
