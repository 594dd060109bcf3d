package io.quittance.payment.batch.run;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Job;
import io.quittance.concurrency.WorkerPool;
import io.quittance.database.OneByOne;
import io.quittance.payment.batch.run.RunningBatches.Entry;
import io.quittance.payment.batch.store.BatchLeases;
import io.quittance.payment.batch.store.BatchStore;
import io.quittance.payment.batch.store.LeaseLostException;
import io.quittance.payment.batch.store.StoredBatch;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Carries out batches without a waiting caller: those of this replica's callers, and those that
 * another replica has left. Every replica looks for them; the one that takes the lease goes on.
 * Thread-safe.
 */
@Component
public final class Takeover {

  private static final Logger log = LoggerFactory.getLogger(Takeover.class);
  private static final int LOOKED_AT = 200;

  /** One merchant's batches may take one part in so many of the room. */
  private static final int PARTS = 2;

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final WorkerPool<Entry, Boolean> workers;
  private final BatchStore store;
  private final BatchLeases leases;
  private final RunningBatches running;
  private final ItemReconciliation reconciliation;
  private final BatchRunner runner;
  private final int max;
  private final Map<UUID, Integer> carried = new ConcurrentHashMap<>();

  Takeover(
      BatchStore store,
      BatchLeases leases,
      RunningBatches running,
      ItemReconciliation reconciliation,
      BatchRunner runner,
      BatchProperties properties,
      MeterRegistry registry) {
    this.store = store;
    this.leases = leases;
    this.running = running;
    this.reconciliation = reconciliation;
    this.runner = runner;
    this.max = properties.backgroundMax();
    this.workers =
        WorkerPool.<Entry, Boolean>named("batches", this::work)
            .workers(max)
            .capacity(2 * max)
            .virtualThreads()
            .start(registry);
  }

  /** Carries a batch out soon, here or on another replica, and returns at once. */
  public void handOver(StoredBatch batch) {
    if (!hasRoom(batch)) {
      leases.release(batch, Duration.ZERO);
      return;
    }
    Entry entry = running.enter(batch);
    carried.merge(batch.merchantId(), 1, Integer::sum);
    try {
      var _ =
          workers
              .submit(entry, Deadline.after(PATIENCE))
              .whenComplete((_, _) -> leave(batch.merchantId(), entry));
    } catch (RejectedExecutionException e) {
      leave(batch.merchantId(), entry);
      log.info("{} is left to another replica: {}", batch.text(), e.getMessage());
    }
  }

  private boolean hasRoom(StoredBatch batch) {
    return !isFull() && carried.getOrDefault(batch.merchantId(), 0) < maxOfOne();
  }

  private boolean isFull() {
    return running.stopping() || carried.values().stream().mapToInt(Integer::intValue).sum() >= max;
  }

  private int maxOfOne() {
    return Math.max(1, max / PARTS);
  }

  /** However many batches of theirs wait, those of others are seen behind them. */
  private Set<UUID> merchantsWithoutRoom() {
    return carried.entrySet().stream()
        .filter(own -> own.getValue() >= maxOfOne())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private void leave(UUID merchantId, Entry entry) {
    entry.close();
    carried.computeIfPresent(merchantId, (_, n) -> n == 1 ? null : n - 1);
  }

  @Scheduled(fixedDelay = 500)
  void lookForAbandoned() {
    if (isFull()) {
      return;
    }
    OneByOne.forEach(leases.abandoned(merchantsWithoutRoom(), LOOKED_AT), this::take);
  }

  private void take(StoredBatch batch) {
    if (hasRoom(batch)) {
      leases.take(batch).ifPresent(this::handOver);
    }
  }

  @Scheduled(fixedDelay = 60_000)
  void sweepUnprepared() {
    OneByOne.forEach(
        leases.unprepared(LOOKED_AT), batch -> store.discard(batch.merchantId(), batch.id()));
  }

  private void work(List<Job<Entry, Boolean>> jobs) {
    jobs.forEach(
        job ->
            job.complete(
                () -> {
                  goOn(job.item());
                  return true;
                }));
  }

  private void goOn(Entry entry) throws InterruptedException {
    StoredBatch batch = entry.batch();
    try {
      reconciliation.reconcile(batch);
      StoredBatch now = store.require(batch.merchantId(), batch.id());
      Duration granted = Duration.ofMillis(batch.run().grantedMs());
      Duration used = granted.minus(leases.left(batch));
      Deadline deadline = Deadline.startingAt(System.nanoTime() - used.toNanos(), granted);
      if (now.run().number() != batch.run().number()) {
        log.info("Another replica runs {}", batch.text());
      } else if (batch.run().background() && now.run().begins() && !deadline.expired()) {
        runner.run(now, entry, deadline);
      } else {
        runner.finish(now, deadline);
      }
    } catch (LeaseLostException e) {
      log.info("{}: the lease was lost, another replica continues", e.getMessage());
    } catch (RuntimeException e) {
      log.warn("{} is carried on later: {}", batch.text(), e.toString());
    }
  }

  @PreDestroy
  void close() {
    workers.close();
  }
}
