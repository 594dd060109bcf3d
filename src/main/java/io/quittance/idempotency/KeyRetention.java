package io.quittance.idempotency;

import io.quittance.database.AgeSweep;
import io.quittance.database.Dialect;
import java.time.Duration;
import java.time.Instant;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Deletes idempotency keys after their retention, a few at a time, so that no payment waits for it.
 * It runs on every replica; what one has deleted the others do not find.
 */
@Component
final class KeyRetention {

  static final int KEYS_PER_BATCH = 500;
  private static final int BATCHES_PER_SWEEP = 100;

  static final AgeSweep.AgedRows KEYS = new AgeSweep.AgedRows("idempotency_keys", "created_at", "");

  /** Only dead replicas leave any, so they need no index by time. */
  private static final AgeSweep.AgedRows WAITING =
      new AgeSweep.AgedRows("idempotency_keys_waiting", "kept_until", "");

  private final JdbcOperations operations;
  private final Dialect dialect;
  private final AgeSweep sweep;
  private final AgeSweep waitingSweep;
  private final Duration retention;

  KeyRetention(JdbcOperations operations, Dialect dialect, IdempotencyProperties properties) {
    this.operations = operations;
    this.dialect = dialect;
    var jdbc = JdbcClient.create(operations);
    this.sweep = new AgeSweep(jdbc, dialect, KEYS, KEYS_PER_BATCH, BATCHES_PER_SWEEP);
    this.waitingSweep = new AgeSweep(jdbc, dialect, WAITING, KEYS_PER_BATCH, BATCHES_PER_SWEEP);
    this.retention = properties.retention();
  }

  @Scheduled(fixedDelayString = "${quittance.idempotency.sweep-interval:10s}")
  void sweep() {
    Instant now = dialect.earlierNow(operations);
    sweep.deleteBefore(now.minus(retention));
    waitingSweep.deleteBefore(now);
  }
}
