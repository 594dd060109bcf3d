package io.quittance.analytics.status;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** How long jobs have queued in the last minute or two, for each worker pool. Thread-safe. */
@Component
final class LateQueues {

  private static final double RANK = 0.99;
  private static final String POOL = "pool";
  private static final long[] NONE = {};

  private final MeterRegistry registry;
  private volatile Map<String, long[]> older = Map.of();
  private volatile Map<String, long[]> newer = Map.of();

  LateQueues(MeterRegistry registry) {
    this.registry = registry;
  }

  @Scheduled(fixedRateString = "PT1M")
  void remember() {
    Map<String, long[]> now = new ConcurrentHashMap<>();
    for (Timer queued : registry.find(QueuedTimes.METER).timers()) {
      String pool = queued.getId().getTag(POOL);
      if (pool != null) {
        now.put(pool, QueuedTimes.counts(queued));
      }
    }
    older = newer;
    newer = now;
  }

  /** What 99 % of a pool's jobs have waited at most, rounded up, in milliseconds. */
  double p99Ms(String pool) {
    Timer queued = registry.find(QueuedTimes.METER).tag(POOL, pool).timer();
    return queued == null
        ? 0
        : QueuedTimes.quantileMs(RANK, QueuedTimes.counts(queued), older.getOrDefault(pool, NONE));
  }
}
