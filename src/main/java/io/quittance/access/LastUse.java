package io.quittance.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Job;
import io.quittance.concurrency.WorkerPool;
import io.quittance.database.Instants;
import io.quittance.journal.Dialect;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Notes when keys were last used, to the minute, behind the requests: many keys in one transaction
 * that does not wait for the disk. A note may be lost, a request never waits for one. Thread-safe.
 */
@Component
public final class LastUse {

  private record Use(UUID keyId, Instant at) {}

  private static final Logger log = LoggerFactory.getLogger(LastUse.class);
  private static final Duration PRECISION = Duration.ofMinutes(1);
  private static final Duration LINGER = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int BATCH_MAX = 1_000;

  /**
   * The condition keeps other replicas, which know nothing of this one's notes, from writing too.
   */
  private static final String UPDATE =
      """
      update api_keys set last_used_at = ?
       where id = ? and (last_used_at is null or last_used_at <= ?)
      """;

  private final JdbcOperations jdbc;
  private final TransactionOperations transactions;
  private final Dialect dialect;
  private final Clock clock;
  private final Cache<UUID, Instant> noted;
  private final WorkerPool<Use, Boolean> notes;

  LastUse(
      JdbcOperations jdbc,
      TransactionOperations transactions,
      Dialect dialect,
      Clock clock,
      AccessProperties properties,
      MeterRegistry registry) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.dialect = dialect;
    this.clock = clock;
    this.noted =
        Caffeine.newBuilder()
            .maximumSize(properties.access().cacheSize())
            .expireAfterWrite(PRECISION)
            .build();
    this.notes =
        WorkerPool.<Use, Boolean>named("last-use", this::write)
            .capacity(properties.access().cacheSize())
            .maxBatch(BATCH_MAX)
            .linger(LINGER)
            .start(registry);
  }

  /** Notes that a key has just been used, unless that was noted in the last minute. */
  public void note(UUID keyId) {
    if (noted.getIfPresent(keyId) != null) {
      return;
    }
    Instant now = clock.instant();
    if (noted.asMap().putIfAbsent(keyId, now) == null) {
      try {
        notes.submit(new Use(keyId, now), Deadline.after(PATIENCE));
      } catch (RejectedExecutionException e) {
        log.debug("The last use of a key was not noted: {}", e.getMessage());
      }
    }
  }

  private void write(List<Job<Use, Boolean>> batch) {
    // In the order of the ids, as all replicas do: they lock the same rows.
    List<Object[]> rows =
        batch.stream()
            .map(Job::item)
            .sorted((a, b) -> a.keyId().compareTo(b.keyId()))
            .map(
                use ->
                    new Object[] {
                      Instants.parameter(use.at()),
                      use.keyId(),
                      Instants.parameter(use.at().minus(PRECISION))
                    })
            .toList();
    transactions.executeWithoutResult(
        status -> {
          dialect.commitWithoutWaiting(jdbc);
          jdbc.batchUpdate(UPDATE, rows);
        });
    batch.forEach(job -> job.succeed(true));
  }

  @PreDestroy
  void close() {
    notes.close();
  }
}
