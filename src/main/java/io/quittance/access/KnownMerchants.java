package io.quittance.access;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.WorkerPool;
import io.quittance.concurrency.WorkerPool.Job;
import jakarta.annotation.PreDestroy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Which merchants there are, and their longest deadlines; remembered like keys. Thread-safe. */
@Component
final class KnownMerchants {

  private final JdbcClient jdbc;
  private final AccessProperties.Lookup settings;
  private final int deadlineMaxMs;
  private final WorkerPool<UUID, Optional<Integer>> lookups;
  private final AsyncCache<UUID, Optional<Integer>> remembered;

  KnownMerchants(
      JdbcClient jdbc,
      AccessProperties properties,
      @Value("${quittance.deadline.max-ms:30000}") int deadlineMaxMs,
      MeterRegistry registry) {
    this.jdbc = jdbc;
    this.settings = properties.access();
    this.deadlineMaxMs = deadlineMaxMs;
    this.lookups =
        WorkerPool.<UUID, Optional<Integer>>named("merchants", this::find)
            .maxBatch(256)
            .start(registry);
    this.remembered =
        Caffeine.newBuilder()
            .maximumSize(settings.cacheSize())
            .expireAfterWrite(settings.cacheTtl())
            .buildAsync();
  }

  /** The longest deadline of a merchant, in milliseconds; empty when there is no such merchant. */
  Optional<Integer> deadlineMaxMs(UUID id) throws InterruptedException {
    var deadline = Deadline.after(settings.timeout());
    return deadline.await(remembered.get(id, (key, executor) -> lookups.submit(key, deadline)));
  }

  private void find(List<Job<UUID, Optional<Integer>>> batch) {
    Map<UUID, Integer> found = new HashMap<>();
    jdbc.sql("select id, deadline_max_ms from merchants where id in (:ids)")
        .param("ids", batch.stream().map(Job::item).toList())
        .query(
            rs -> {
              int cap = rs.getInt("deadline_max_ms");
              found.put(
                  rs.getObject("id", UUID.class),
                  cap == 0 ? deadlineMaxMs : Math.min(cap, deadlineMaxMs));
            });
    batch.forEach(job -> job.succeed(Optional.ofNullable(found.get(job.item()))));
  }

  @PreDestroy
  void close() {
    lookups.close();
  }
}
