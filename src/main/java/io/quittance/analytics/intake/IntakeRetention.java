package io.quittance.analytics.intake;

import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.database.AgeSweep;
import io.quittance.database.Dialect;
import io.quittance.database.OneByOne;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Deletes the keys of old bodies and the marks of old commits, a few at a time, on every replica.
 */
@Component
final class IntakeRetention {

  /** Much longer than anybody asks for the outcome of a commit. */
  private static final Duration MARKS_KEPT = Duration.ofHours(1);

  private static final int ROWS_PER_BATCH = 1000;
  private static final int BATCHES_PER_SWEEP = 100;

  private final JdbcOperations operations;
  private final Dialect dialect;
  private final Duration keysKept;

  IntakeRetention(
      JdbcOperations operations,
      Dialect dialect,
      @Value("${quittance.idempotency.retention:24h}") Duration keysKept) {
    this.operations = operations;
    this.dialect = dialect;
    this.keysKept = keysKept;
  }

  @Scheduled(fixedDelayString = "${quittance.idempotency.sweep-interval:10s}")
  void sweep() {
    try (var _ = AnalyticsConnections.forJob()) {
      OneByOne.forEach(
          List.<Runnable>of(
              () -> sweep("analytics_bodies", keysKept),
              () -> sweep("analytics_commits", MARKS_KEPT)),
          Runnable::run);
    }
  }

  private void sweep(String table, Duration kept) {
    new AgeSweep(
            JdbcClient.create(operations),
            dialect,
            new AgeSweep.AgedRows(table, "created_at", ""),
            ROWS_PER_BATCH,
            BATCHES_PER_SWEEP)
        .deleteBefore(dialect.earlierNow(operations).minus(kept));
  }
}
