package io.quittance.payment.batch.store;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Measures for how long the oldest batch is processing beyond its deadline, for Prometheus. It
 * needs no other column of a batch, so it sees those whose rows cannot be read. Thread-safe.
 */
@Component
final class BatchWatch {

  /** At most so many are looked at: those that nobody runs have the oldest leases. */
  private static final int LOOKED_AT = 1_000;

  private static final String OPEN =
      "select ends_at from payment_batches where status = 'processing' order by lease_until limit ?";

  private final JdbcTemplate jdbc;
  private final Dialect dialect;
  private volatile double oldestSeconds = Double.NaN;

  BatchWatch(JdbcTemplate jdbc, Dialect dialect, MeterRegistry registry) {
    this.jdbc = jdbc;
    this.dialect = dialect;
    Gauge.builder("quittance.batches.oldest.left.open", () -> oldestSeconds)
        .description("For how long the oldest batch has been processing beyond its deadline")
        .baseUnit("seconds")
        .register(registry);
  }

  @Scheduled(fixedDelayString = "PT10S")
  void check() {
    try {
      List<Instant> ends = jdbc.query(OPEN, (rs, _) -> Instants.read(rs, "ends_at"), LOOKED_AT);
      oldestSeconds = ends.stream().min(Instant::compareTo).map(this::beyond).orElse(0.0);
    } catch (RuntimeException e) {
      oldestSeconds = Double.NaN;
      throw e;
    }
  }

  private double beyond(Instant end) {
    return Math.max(0, Duration.between(end, dialect.now(jdbc)).toMillis() / 1000.0);
  }
}
