package io.quittance.payment.batch.run;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.PartyLimit;
import io.quittance.concurrency.pool.WorkerPool;
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
 * Workers for a few batches at once, of which one merchant may have a part, and several leave some
 * to others ({@link PartyLimit}). The lease of a batch is renewed from its acceptance until its
 * work has ended. Thread-safe.
 */
final class BatchWorkers implements AutoCloseable {

  /** The work on a batch. */
  @FunctionalInterface
  interface Work {
    void with(Entry batch) throws InterruptedException;
  }

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final WorkerPool<Entry, Boolean> workers;
  private final RunningBatches running;
  private final PartyLimit limit;
  private final Map<UUID, Integer> inHand = new ConcurrentHashMap<>();

  /**
   * @param name the name of the pool, a tag of its metrics
   * @param limit how many batches are worked on at once, and how many of one merchant
   */
  BatchWorkers(
      String name, PartyLimit limit, RunningBatches running, Work work, MeterRegistry registry) {
    this.running = running;
    this.limit = limit;
    this.workers =
        WorkerPool.<Entry, Boolean>named(name, jobs -> work(jobs, work))
            .workers(limit.places())
            .capacity(2 * limit.places())
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
    return running.stopping() || inHand() >= limit.places();
  }

  /** Whether half of the workers are free, so that a new batch takes no place from waiting ones. */
  boolean isHalfFree() {
    return inHand() <= limit.places() / 2;
  }

  private int inHand() {
    return inHand.values().stream().mapToInt(Integer::intValue).sum();
  }

  boolean hasRoom(StoredBatch batch) {
    return !isFull() && inHand.getOrDefault(batch.merchantId(), 0) < ofOneMerchant();
  }

  private int ofOneMerchant() {
    return limit.whileTaken(inHand());
  }

  /** The merchants that have all the workers they may have. The search leaves their batches out. */
  Set<UUID> merchantsWithoutRoom() {
    int most = ofOneMerchant();
    return inHand.entrySet().stream()
        .filter(own -> own.getValue() >= most)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /**
   * Queues the work, and returns at once.
   *
   * @throws RejectedExecutionException too many batches wait, or the service stops
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
