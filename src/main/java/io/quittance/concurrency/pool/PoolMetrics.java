package io.quittance.concurrency.pool;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The meters of one {@link WorkerPool}. Thread-safe. */
final class PoolMetrics {

  private final Timer queued;
  private final DistributionSummary batchSize;
  private final Counter ok;
  private final Counter failed;
  private final Counter expired;
  private final Counter canceled;
  private final Counter rejected;

  PoolMetrics(WorkerPool<?, ?> pool, MeterRegistry registry) {
    String name = pool.name();
    gauge("quittance.pool.queue.depth", "Jobs that wait", pool, WorkerPool::depth, registry);
    gauge(
        "quittance.pool.queue.capacity",
        "Jobs that may wait",
        pool,
        WorkerPool::capacity,
        registry);
    gauge(
        "quittance.pool.queue.utilisation",
        "Fill of the queue, 0 to 1; above 0.8 is back-pressure",
        pool,
        WorkerPool::utilisation,
        registry);
    gauge("quittance.pool.workers", "Workers alive", pool, WorkerPool::workers, registry);
    gauge(
        "quittance.pool.workers.busy",
        "Workers with a batch in hand",
        pool,
        WorkerPool::busy,
        registry);
    queued =
        Timer.builder("quittance.pool.queued")
            .description("Time in the queue")
            .tag("pool", name)
            .register(registry);
    batchSize =
        DistributionSummary.builder("quittance.pool.batch.size")
            .description("Jobs taken at once")
            .tag("pool", name)
            .register(registry);
    ok = jobs("ok", name, registry);
    failed = jobs("failed", name, registry);
    expired = jobs("expired", name, registry);
    canceled = jobs("canceled", name, registry);
    rejected = jobs("rejected", name, registry);
  }

  private static void gauge(
      String meter,
      String description,
      WorkerPool<?, ?> pool,
      ToDoubleFunction<WorkerPool<?, ?>> value,
      MeterRegistry registry) {
    Gauge.builder(meter, pool, value)
        .description(description)
        .tag("pool", pool.name())
        .register(registry);
  }

  private static Counter jobs(String outcome, String pool, MeterRegistry registry) {
    return Counter.builder("quittance.pool.jobs")
        .description("Jobs by how they ended")
        .tag("pool", pool)
        .tag("outcome", outcome)
        .register(registry);
  }

  void queued(long nanos) {
    queued.record(nanos, TimeUnit.NANOSECONDS);
  }

  void batch(int jobs) {
    batchSize.record(jobs);
  }

  void done(CompletableFuture<?> result) {
    (result.isCompletedExceptionally() ? failed : ok).increment();
  }

  void expired() {
    expired.increment();
  }

  void canceled() {
    canceled.increment();
  }

  void rejected() {
    rejected.increment();
  }
}
