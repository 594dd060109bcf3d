package io.quittance.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.database.ArrayParameters;
import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Records when keys were last used, to the minute, asynchronously: many keys in one transaction
 * that waits neither for the disk nor for locked keys, whose next use is recorded instead. A record
 * may be lost; no request waits for one. Thread-safe.
 */
@Component
public final class LastUse {

  private record Use(UUID keyId, Instant at) {}

  private static final Logger log = LoggerFactory.getLogger(LastUse.class);
  private static final Duration PRECISION = Duration.ofMinutes(1);
  private static final Duration LINGER = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int BATCH_MAX = 1_000;

  /** Leaves out keys that any replica has recorded within the last minute. */
  private static final String TO_NOTE =
      """
      select id from api_keys
       where id = any(?) and (last_used_at is null or last_used_at <= ?)
      """;

  private static final String LOCK = TO_NOTE + " for update skip locked";

  private static final String UPDATE = "update api_keys set last_used_at = ? where id = any(?)";

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

  /** Records that a key has just been used, unless that was recorded in the last minute. */
  public void note(UUID keyId) {
    if (noted.getIfPresent(keyId) != null) {
      return;
    }
    Instant now = clock.instant();
    if (noted.asMap().putIfAbsent(keyId, now) == null) {
      try {
        notes.submit(new Use(keyId, now), Deadline.after(PATIENCE));
      } catch (RejectedExecutionException e) {
        log.debug("The last use of a key is not stored: {}", e.getMessage());
      }
    }
  }

  private void write(List<Job<Use, Boolean>> batch) {
    List<Use> uses = batch.stream().map(Job::item).toList();
    Instant latest = uses.stream().map(Use::at).max(Comparator.naturalOrder()).orElseThrow();
    Set<UUID> passedOver =
        Objects.requireNonNull(
            transactions.execute(status -> write(uses.stream().map(Use::keyId).toList(), latest)));
    passedOver.forEach(noted::invalidate);
    batch.forEach(job -> job.succeed(true));
  }

  /**
   * Records the use of all keys except those that another transaction has locked: it waits for no
   * lock, because it holds others. Returns those that it skipped.
   */
  private Set<UUID> write(Collection<UUID> keyIds, Instant at) {
    dialect.commitWithoutWaiting(jdbc);
    Set<UUID> toNote = new HashSet<>(select(TO_NOTE, keyIds, at));
    List<UUID> free = select(LOCK, toNote, at);
    jdbc.update(
        UPDATE,
        statement -> {
          statement.setObject(1, Instants.parameter(at));
          ArrayParameters.bindIds(statement, 2, free);
        });
    free.forEach(toNote::remove);
    return toNote;
  }

  private List<UUID> select(String sql, Collection<UUID> keyIds, Instant at) {
    return jdbc.query(
        sql,
        statement -> {
          ArrayParameters.bindIds(statement, 1, keyIds);
          statement.setObject(2, Instants.parameter(at.minus(PRECISION)));
        },
        (rs, row) -> rs.getObject("id", UUID.class));
  }

  @PreDestroy
  void close() {
    notes.close();
  }
}
