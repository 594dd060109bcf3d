package io.quittance.access;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.WorkerPool;
import jakarta.annotation.PreDestroy;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Finds whom a key belongs to. Requests that arrive together share one query, and an answer is
 * remembered for {@link AccessProperties.Lookup#cacheTtl()}, so a revocation takes effect within
 * that time on every replica. Thread-safe.
 */
@Component
final class Authenticator {

  private static final String FIND =
      """
      select k.secret_hash, k.id, k.merchant_id, k.scopes, m.deadline_max_ms
        from api_keys k join merchants m on m.id = k.merchant_id
       where k.secret_hash in (:hashes)
         and k.revoked_at is null
         and (k.expires_at is null or k.expires_at > :now)
      """;

  private final JdbcClient jdbc;
  private final Clock clock;
  private final AccessProperties.Lookup settings;
  private final int deadlineMaxMs;
  private final WorkerPool<ByteBuffer, Optional<Caller>> lookups;
  private final AsyncCache<ByteBuffer, Optional<Caller>> callers;

  Authenticator(
      JdbcClient jdbc,
      Clock clock,
      AccessProperties properties,
      @Value("${quittance.deadline.max-ms:30000}") int deadlineMaxMs,
      MeterRegistry registry) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.settings = properties.access();
    this.deadlineMaxMs = deadlineMaxMs;
    this.lookups =
        WorkerPool.<ByteBuffer, Optional<Caller>>named("keys", this::find)
            .maxBatch(256)
            .start(registry);
    this.callers =
        Caffeine.newBuilder()
            .maximumSize(settings.cacheSize())
            .expireAfterWrite(settings.cacheTtl())
            .buildAsync();
  }

  /** The caller whose key this is; empty when it is unknown, revoked or expired. */
  Optional<Caller> authenticate(Secret secret) throws InterruptedException {
    var deadline = Deadline.after(settings.timeout());
    return deadline.await(
        callers.get(
            ByteBuffer.wrap(secret.hash()), (hash, executor) -> lookups.submit(hash, deadline)));
  }

  /** Looks every key up again when it is next used. */
  void forgetAll() {
    callers.synchronous().invalidateAll();
  }

  private void find(List<WorkerPool.Job<ByteBuffer, Optional<Caller>>> batch) {
    Map<ByteBuffer, Caller> found = new HashMap<>();
    jdbc.sql(FIND)
        .param("hashes", batch.stream().map(job -> job.item().array()).toList())
        .param("now", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
        .query(
            rs -> {
              int cap = rs.getInt("deadline_max_ms");
              found.put(
                  ByteBuffer.wrap(rs.getBytes("secret_hash")),
                  new Caller(
                      rs.getObject("merchant_id", UUID.class),
                      rs.getObject("id", UUID.class),
                      Scope.split(rs.getString("scopes")),
                      cap == 0 ? deadlineMaxMs : Math.min(cap, deadlineMaxMs)));
            });
    batch.forEach(job -> job.succeed(Optional.ofNullable(found.get(job.item()))));
  }

  @PreDestroy
  void close() {
    lookups.close();
  }
}
