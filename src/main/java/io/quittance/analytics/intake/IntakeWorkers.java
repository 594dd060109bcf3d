package io.quittance.analytics.intake;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.quittance.admission.FairShares;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.QueueFullException;
import io.quittance.concurrency.pool.WorkerPool;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * The workers that count bodies, each with a thread and a queue. A merchant's bodies always go to
 * the same worker. Queues are bounded in bodies and in bytes, each merchant may use its fair share
 * of both, and merchants take turns. Thread-safe.
 */
@Component
final class IntakeWorkers {

  private static final int BODIES_PER_COMMIT_MAX = 256;

  /** What is counted at once, of all merchants, in {@link Body#bytes}. */
  private static final long BYTES_AT_ONCE_MAX = 2_000_000;

  private record Queue(
      BodyCounter counter, WorkerPool<Body, IntakeResult> pool, QueueShares shares) {}

  private final BodyCounter.Source source;
  private final List<Queue> queues = new ArrayList<>();
  private final Map<UUID, Long> underWay = new ConcurrentHashMap<>();

  IntakeWorkers(BodyCounter.Source source, AnalyticsProperties properties, MeterRegistry registry) {
    this.source = source;
    for (int i = 0; i < properties.shards(); i++) {
      BodyCounter counter = source.open();
      var shares = new QueueShares(properties.queueBytes().toBytes());
      queues.add(
          new Queue(
              counter,
              WorkerPool.<Body, IntakeResult>named("analytics-" + i, counter::count)
                  .capacity(FairShares.EXCESS_MAX * QueueShares.BODIES_MAX)
                  .maxBatch(BODIES_PER_COMMIT_MAX)
                  .maxBatchWeight(BYTES_AT_ONCE_MAX, Body::bytes)
                  .inTurns(Body::merchantId)
                  .start(registry),
              shares));
      measure(i, counter, shares, registry);
    }
  }

  private static void measure(
      int number, BodyCounter counter, QueueShares shares, MeterRegistry registry) {
    FunctionCounter.builder(
            "quittance.analytics.ids.forgotten", counter, BodyCounter::forgottenEarly)
        .description(
            "Ids that were forgotten before the end of their window, because the filter was full")
        .tag("shard", Integer.toString(number))
        .register(registry);
    Gauge.builder("quittance.analytics.queued", shares, QueueShares::bytes)
        .description("Bodies of events that wait to be counted")
        .baseUnit(BaseUnits.BYTES)
        .tag("shard", Integer.toString(number))
        .register(registry);
  }

  /**
   * Queues a body.
   *
   * @throws QueueFullException the merchant has used its share of a full queue; nothing was taken
   */
  CompletableFuture<IntakeResult> submit(Body body, Deadline deadline) {
    Queue queue = queueOf(body.merchantId());
    if (!queue.shares().take(body)) {
      throw new QueueFullException(queue.pool().name(), QueueShares.BODIES_MAX);
    }
    long events = body.content().received();
    underWay.merge(body.merchantId(), events, Long::sum);
    try {
      return queue
          .pool()
          .submit(body, deadline)
          .whenComplete((_, _) -> leave(body, queue.shares(), events));
    } catch (RuntimeException | Error e) {
      leave(body, queue.shares(), events);
      throw e;
    }
  }

  private void leave(Body body, QueueShares shares, long events) {
    shares.giveBack(body);
    underWay.computeIfPresent(
        body.merchantId(), (_, all) -> all == events ? null : Long.valueOf(all - events));
  }

  private Queue queueOf(UUID merchantId) {
    return queues.get(Math.floorMod(31 * merchantId.hashCode() >>> 7, queues.size()));
  }

  /** How many of a merchant's events this replica has read that are not counted yet. */
  long underWay(UUID merchantId) {
    return underWay.getOrDefault(merchantId, 0L) + source.uncounted(merchantId);
  }

  /** An estimate of how long a new body of this merchant would wait. */
  Duration backlog(UUID merchantId) {
    return queueOf(merchantId).pool().backlog(merchantId);
  }

  @PreDestroy
  void close() {
    queues.forEach(queue -> queue.pool().close());
    queues.forEach(queue -> queue.counter().close());
  }
}
