package io.quittance.payment.batch.run;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Job;
import io.quittance.concurrency.WorkerPool;
import io.quittance.payment.batch.run.RunningBatches.Entry;
import io.quittance.payment.batch.store.StoredBatch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;

/**
 * Workers for a few batches at once, of which one merchant's take a part. A batch is in hand, and
 * its lease is kept, from its acceptance until its work has ended. Thread-safe.
 */
final class BatchWorkers implements AutoCloseable {

  /** What is done with a batch. */
  @FunctionalInterface
  interface Work {
    void with(Entry batch) throws InterruptedException;
  }

  /** One merchant's batches may take one part in so many of the room. */
  private static final int PARTS = 2;

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final WorkerPool<Entry, Boolean> workers;
  private final RunningBatches running;
  private final int max;
  private final Map<UUID, Integer> inHand = new ConcurrentHashMap<>();

  /**
   * @param name of the pool, a tag of its metrics
   * @param max batches at once
   */
  BatchWorkers(String name, int max, RunningBatches running, Work work, MeterRegistry registry) {
    this.running = running;
    this.max = max;
    this.workers =
        WorkerPool.<Entry, Boolean>named(name, jobs -> work(jobs, work))
            .workers(max)
            .capacity(2 * max)
            .virtualThreads()
            .start(registry);
  }

  private static void work(List<Job<Entry, Boolean>> jobs, Work work) {
    jobs.forEach(
        job ->
            job.complete(
                () -> {
                  work.with(job.item());
                  return true;
                }));
  }

  boolean isFull() {
    return running.stopping() || inHand() >= max;
  }

  /** Whether a batch that comes now takes the place of none that waits. */
  boolean isHalfFree() {
    return inHand() <= max / 2;
  }

  private int inHand() {
    return inHand.values().stream().mapToInt(Integer::intValue).sum();
  }

  boolean hasRoom(StoredBatch batch) {
    return !isFull() && inHand.getOrDefault(batch.merchantId(), 0) < maxOfOne();
  }

  private int maxOfOne() {
    return Math.max(1, max / PARTS);
  }

  /** However many batches of theirs wait, those of others are seen behind them. */
  Set<UUID> merchantsWithoutRoom() {
    return inHand.entrySet().stream()
        .filter(own -> own.getValue() >= maxOfOne())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /**
   * Begins the work soon, and returns at once.
   *
   * @throws RejectedExecutionException too many wait, or the service stops
   */
  void accept(StoredBatch batch) {
    Entry entry = running.enter(batch);
    inHand.merge(batch.merchantId(), 1, Integer::sum);
    try {
      var _ =
          workers
              .submit(entry, Deadline.after(PATIENCE))
              .whenComplete((_, _) -> leave(batch.merchantId(), entry));
    } catch (RejectedExecutionException e) {
      leave(batch.merchantId(), entry);
      throw e;
    }
  }

  private void leave(UUID merchantId, Entry entry) {
    entry.close();
    inHand.computeIfPresent(merchantId, (_, n) -> n == 1 ? null : n - 1);
  }

  @Override
  public void close() {
    workers.close();
  }
}
