package io.quittance.access;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.WorkerPool;
import io.quittance.concurrency.WorkerPool.Job;
import jakarta.annotation.PreDestroy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Which merchants there are, and their terms; remembered like keys. Thread-safe. */
@Component
final class KnownMerchants {

  private final JdbcClient jdbc;
  private final AccessProperties.Keys settings;
  private final TermsReader terms;
  private final AtomicLong generation = new AtomicLong();
  private final WorkerPool<UUID, Optional<Terms>> lookups;
  private final AsyncCache<Question, Optional<Terms>> remembered;

  /** As in {@link IdentityCache}. */
  private record Question(long generation, UUID id) {}

  KnownMerchants(
      JdbcClient jdbc, AccessProperties properties, TermsReader terms, MeterRegistry registry) {
    this.jdbc = jdbc;
    this.settings = properties.access();
    this.terms = terms;
    this.lookups =
        WorkerPool.<UUID, Optional<Terms>>named("merchants", this::find)
            .workers(IdentityCache.WORKERS)
            .maxBatch(256)
            .start(registry);
    this.remembered =
        Caffeine.newBuilder()
            .maximumSize(settings.cacheSize())
            .expireAfterWrite(settings.cacheTtl())
            .buildAsync();
  }

  /** The terms of a merchant; empty when there is no such merchant. */
  Optional<Terms> terms(UUID id) throws InterruptedException {
    var deadline = Deadline.after(settings.timeout());
    var asked = new Question(generation.get(), id);
    CompletableFuture<Optional<Terms>> answer =
        remembered.get(asked, (question, executor) -> lookups.submit(question.id(), deadline));
    try {
      return deadline.await(answer);
    } catch (DeadlineExceededException e) {
      remembered.asMap().remove(asked, answer);
      throw e;
    }
  }

  /** Looks every merchant up again when it is next asked for. */
  void forgetAll() {
    generation.incrementAndGet();
    remembered.synchronous().invalidateAll();
  }

  private void find(List<Job<UUID, Optional<Terms>>> batch) {
    Map<UUID, Terms> found = new HashMap<>();
    jdbc.sql("select m.id, %s from merchants m where m.id in (:ids)".formatted(TermsReader.COLUMNS))
        .param("ids", batch.stream().map(Job::item).toList())
        .query(
            rs -> {
              found.put(rs.getObject("id", UUID.class), terms.read(rs));
            });
    batch.forEach(job -> job.succeed(Optional.ofNullable(found.get(job.item()))));
  }

  @PreDestroy
  void close() {
    lookups.close();
  }
}
