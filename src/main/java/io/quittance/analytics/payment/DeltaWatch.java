package io.quittance.analytics.payment;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.database.Dialect;
import io.quittance.web.TypeId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Measures how long the oldest delta has waited for its roll-up, for Prometheus. It reads one delta
 * of each merchant. Thread-safe.
 */
@Component
final class DeltaWatch {

  private static final String OLDEST =
      """
      select oldest from (
        select (select d.id from analytics_payment_deltas d
                 where d.merchant_id = m.id
                 order by d.id limit 1) as oldest
          from %s m offset 0) as looked_at
       where oldest is not null
       order by oldest
       limit 1
      """;

  private final JdbcTemplate jdbc;
  private final Dialect dialect;
  private volatile double oldestSeconds = Double.NaN;

  DeltaWatch(JdbcTemplate jdbc, Dialect dialect, MeterRegistry registry) {
    this.jdbc = jdbc;
    this.dialect = dialect;
    Gauge.builder("quittance.analytics.oldest.delta", () -> oldestSeconds)
        .description("How long the oldest change of a payment has waited to be rolled up")
        .baseUnit("seconds")
        .register(registry);
  }

  @Scheduled(fixedDelayString = "PT10S")
  void check() {
    try (var _ = AnalyticsConnections.forJob()) {
      List<UUID> oldest = jdbc.queryForList(OLDEST.formatted(dialect.merchants()), UUID.class);
      oldestSeconds = oldest.isEmpty() ? 0 : age(oldest.getFirst());
    } catch (RuntimeException e) {
      oldestSeconds = Double.NaN;
      throw e;
    }
  }

  /** A delta's id has its time, and is made just before the commit. */
  private double age(UUID delta) {
    Duration age = Duration.between(TypeId.madeAt(delta), dialect.now(jdbc));
    return Math.max(0, age.toMillis() / 1000.0);
  }
}
