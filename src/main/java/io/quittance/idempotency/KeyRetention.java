package io.quittance.idempotency;

import io.quittance.database.Instants;
import io.quittance.journal.Dialect;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Deletes idempotency keys after their retention, a few at a time, so that no payment waits for it.
 * It runs on every replica; what one has deleted the others do not find. The database's clock
 * counts, by which keys are claimed: a replica whose clock is ahead deletes none too early.
 */
@Component
final class KeyRetention {

  private static final OffsetDateTime BEGINNING = Instants.parameter(Instant.EPOCH);

  private static final int KEYS_PER_BATCH = 500;
  private static final int BATCHES_PER_SWEEP = 100;

  /** The last of the next batch; those of one commit share their instant. */
  static final String LAST =
      """
      select max(created_at)
        from (select created_at
                from idempotency_keys
               where created_at > ? and created_at < ?
               order by created_at
               limit ?) next
      """;

  static final String DELETE =
      "delete from idempotency_keys where created_at > ? and created_at <= ?";

  private final JdbcOperations operations;
  private final JdbcClient jdbc;
  private final Dialect dialect;
  private final Duration retention;

  KeyRetention(JdbcOperations operations, Dialect dialect, IdempotencyProperties properties) {
    this.operations = operations;
    this.jdbc = JdbcClient.create(operations);
    this.dialect = dialect;
    this.retention = properties.retention();
  }

  @Scheduled(fixedDelayString = "${quittance.idempotency.sweep-interval:10s}")
  void sweep() {
    OffsetDateTime cutoff = Instants.parameter(dialect.now(operations).minus(retention));
    Optional<OffsetDateTime> done = Optional.of(BEGINNING);
    for (int batch = 0; batch < BATCHES_PER_SWEEP && done.isPresent(); batch++) {
      done = deleteNext(done.get(), cutoff);
    }
  }

  /**
   * Deletes the next keys that were claimed between two instants, and says up to which. So no batch
   * reads what one before it has deleted, which stays in the index until it is vacuumed.
   */
  private Optional<OffsetDateTime> deleteNext(OffsetDateTime after, OffsetDateTime before) {
    Optional<OffsetDateTime> last =
        jdbc.sql(LAST)
            .params(after, before, KEYS_PER_BATCH)
            .query((rs, row) -> rs.getObject(1, OffsetDateTime.class))
            .optional();
    last.ifPresent(upTo -> jdbc.sql(DELETE).params(after, upTo).update());
    return last;
  }
}
