package io.quittance.journal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Forgets idempotency keys whose time is over, a few at a time, so that no payment waits for it.
 * Every replica does; what one has deleted the others do not find.
 */
@Component
final class KeyRetention {

  private static final Logger log = LoggerFactory.getLogger(KeyRetention.class);

  private static final int KEYS_PER_BATCH = 500;
  private static final int BATCHES_PER_SWEEP = 100;

  private static final String DELETE =
      """
      delete from idempotency_keys
       where (merchant_id, operation, idempotency_key) in (
               select merchant_id, operation, idempotency_key
                 from idempotency_keys
                where created_at < ?
                limit ?)
      """;

  private final JdbcClient jdbc;
  private final Clock clock;
  private final Duration retention;

  KeyRetention(JdbcClient jdbc, Clock clock, IdempotencyProperties properties) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.retention = properties.retention();
  }

  @Scheduled(fixedDelayString = "${quittance.idempotency.sweep-interval:10s}")
  void sweep() {
    Instant cutoff = clock.instant().minus(retention);
    try {
      int deleted = KEYS_PER_BATCH;
      for (int batch = 0; batch < BATCHES_PER_SWEEP && deleted == KEYS_PER_BATCH; batch++) {
        deleted = deleteBefore(cutoff);
      }
    } catch (DataAccessException | TransactionException e) {
      log.warn("Idempotency keys could not be swept: {}", e.getMessage());
    }
  }

  /** Deletes one batch of keys that were claimed before the instant; says how many. */
  int deleteBefore(Instant cutoff) {
    return jdbc.sql(DELETE).param(cutoff.atOffset(ZoneOffset.UTC)).param(KEYS_PER_BATCH).update();
  }
}
