package io.quittance.analytics.intake;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.QueueFullException;
import io.quittance.concurrency.WorkerPool;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/**
 * The shards, each with a worker and a queue of its own: a merchant's bodies are always counted by
 * the same one. Queues are bounded in bodies and in bytes. Thread-safe.
 */
@Component
final class Shards {

  private static final int BODIES_QUEUED_MAX = 1024;
  private static final int BODIES_PER_COMMIT_MAX = 256;

  private final BodyCounter.Source source;
  private final List<BodyCounter> counters = new ArrayList<>();
  private final List<WorkerPool<Body, Counted>> pools = new ArrayList<>();
  private final List<AtomicLong> queuedBytes = new ArrayList<>();
  private final long queueBytesMax;
  private final Map<UUID, Long> underWay = new ConcurrentHashMap<>();

  Shards(BodyCounter.Source source, AnalyticsProperties properties, MeterRegistry registry) {
    this.source = source;
    this.queueBytesMax = properties.queueBytes().toBytes();
    for (int i = 0; i < properties.shards(); i++) {
      BodyCounter counter = source.open();
      counters.add(counter);
      var bytes = new AtomicLong();
      queuedBytes.add(bytes);
      pools.add(
          WorkerPool.<Body, Counted>named("analytics-" + i, counter::count)
              .capacity(BODIES_QUEUED_MAX)
              .maxBatch(BODIES_PER_COMMIT_MAX)
              .start(registry));
      measure(i, counter, bytes, registry);
    }
  }

  private static void measure(
      int number, BodyCounter counter, AtomicLong bytes, MeterRegistry registry) {
    FunctionCounter.builder(
            "quittance.analytics.ids.forgotten", counter, BodyCounter::forgottenEarly)
        .description("Ids that were forgotten before their window was over, for want of room")
        .tag("shard", Integer.toString(number))
        .register(registry);
    Gauge.builder("quittance.analytics.queued", bytes, AtomicLong::get)
        .description("Bodies of events that wait to be counted")
        .baseUnit(BaseUnits.BYTES)
        .tag("shard", Integer.toString(number))
        .register(registry);
  }

  /**
   * Queues a body.
   *
   * @throws QueueFullException there is no room; nothing was taken
   */
  CompletableFuture<Counted> submit(Body body, Deadline deadline) {
    int shard = shardOf(body.merchantId());
    AtomicLong bytes = queuedBytes.get(shard);
    if (bytes.addAndGet(body.bytes()) > queueBytesMax) {
      bytes.addAndGet(-body.bytes());
      throw new QueueFullException("analytics-" + shard, (int) queueBytesMax);
    }
    long events = body.content().received();
    underWay.merge(body.merchantId(), events, Long::sum);
    try {
      return pools
          .get(shard)
          .submit(body, deadline)
          .whenComplete((_, _) -> leave(body, bytes, events));
    } catch (RuntimeException e) {
      leave(body, bytes, events);
      throw e;
    }
  }

  private void leave(Body body, AtomicLong bytes, long events) {
    bytes.addAndGet(-body.bytes());
    underWay.computeIfPresent(
        body.merchantId(), (_, all) -> all == events ? null : Long.valueOf(all - events));
  }

  private int shardOf(UUID merchantId) {
    return Math.floorMod(31 * merchantId.hashCode() >>> 7, pools.size());
  }

  /** A merchant's events that this replica has read, and that are not yet counted. */
  long underWay(UUID merchantId) {
    return underWay.getOrDefault(merchantId, 0L) + source.uncounted(merchantId);
  }

  /** How long a merchant's body that came now would wait, as far as can be told. */
  Duration backlog(UUID merchantId) {
    return pools.get(shardOf(merchantId)).backlog();
  }

  @PreDestroy
  void close() {
    pools.forEach(WorkerPool::close);
    counters.forEach(BodyCounter::close);
  }
}
