package io.quittance.payment.batch.run;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.PartyLimit;
import io.quittance.database.OneByOne;
import io.quittance.database.ReservedConnection;
import io.quittance.payment.batch.run.RunningBatches.Entry;
import io.quittance.payment.batch.store.BatchLeases;
import io.quittance.payment.batch.store.BatchStore;
import io.quittance.payment.batch.store.LeaseLostException;
import io.quittance.payment.batch.store.StoredBatch;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Runs batches in the background: those of this replica's callers, and those that another replica
 * has left. Every replica searches for the latter; the one that takes the lease continues. Batches
 * that only have to be ended do not wait behind those that run for minutes. Thread-safe.
 */
@Component
public final class Takeover {

  private static final Logger log = LoggerFactory.getLogger(Takeover.class);
  private static final int LOOKED_AT = 200;

  /**
   * Batches that only have to be ended. One merchant has one at a time: while its items are locked,
   * there are workers left for others.
   */
  private static final PartyLimit ENDING = new PartyLimit(4, 1);

  /**
   * After this time the worker that ends a merchant's batches begins no more of them until the next
   * search.
   */
  private static final Duration ENDS_OF_ONE_MERCHANT = Duration.ofSeconds(1);

  private final BatchWorkers goingOn;
  private final BatchWorkers ending;
  private final BatchStore store;
  private final BatchLeases leases;
  private final RunningBatches running;
  private final ItemReconciliation reconciliation;
  private final BatchRunner runner;

  /** What a search has found for the worker that ends a merchant's batches. */
  private final Map<UUID, List<StoredBatch>> toEnd = new ConcurrentHashMap<>();

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
    int max = properties.backgroundMax();
    this.goingOn =
        new BatchWorkers(
            "batches", new PartyLimit(max, Math.max(1, max / 2)), running, this::goOn, registry);
    this.ending = new BatchWorkers("batch-ends", ENDING, running, this::endOneByOne, registry);
  }

  /**
   * Starts a batch in the background, and returns at once. When few workers are free, the batch is
   * left to the next search, on any replica, which takes those that have waited longest.
   */
  public void handOver(StoredBatch batch) {
    if (goingOn.isHalfFree() && goingOn.hasRoom(batch)) {
      give(goingOn, batch);
    } else {
      release(batch);
    }
  }

  /** A lease that cannot be released expires by itself. */
  private void release(StoredBatch batch) {
    try (var _ = ReservedConnection.forChanges(batch.merchantId())) {
      leases.release(batch, Duration.ZERO);
    } catch (DataAccessException | TransactionException e) {
      log.warn(
          "Batch {} could not be started now; another attempt follows: {}",
          batch.text(),
          e.toString());
    }
  }

  private static void give(BatchWorkers workers, StoredBatch batch) {
    try {
      workers.accept(batch);
    } catch (RejectedExecutionException e) {
      log.info("Batch {} is left to another replica: {}", batch.text(), e.getMessage());
    }
  }

  @Scheduled(fixedDelay = 500)
  void lookForAbandoned() {
    try (var _ = ReservedConnection.forChanges(this)) {
      OneByOne.forEach(List.of(ending, goingOn), this::lookForThoseOf);
    }
  }

  /** One merchant may have abandoned more than a search returns, and others have some, too. */
  private void lookForThoseOf(BatchWorkers workers) {
    Set<UUID> without = new HashSet<>();
    boolean more = true;
    if (workers == ending) {
      toEnd.keySet().retainAll(ending.merchantsWithoutRoom());
    }
    while (more && !workers.isFull()) {
      without.addAll(workers.merchantsWithoutRoom());
      List<StoredBatch> found = leases.abandoned(workers == goingOn, without, LOOKED_AT);
      if (workers == ending) {
        toEnd.putAll(found.stream().collect(Collectors.groupingBy(StoredBatch::merchantId)));
      }
      OneByOne.forEach(found, batch -> take(batch, workers));
      found.forEach(batch -> without.add(batch.merchantId()));
      more = found.size() == LOOKED_AT;
    }
  }

  /** A lease may have ended here, too, while the database was away. */
  private void take(StoredBatch batch, BatchWorkers workers) {
    if (workers.hasRoom(batch) && !running.isHere(batch)) {
      leases.take(batch).ifPresent(taken -> give(workers, taken));
    }
  }

  @Scheduled(fixedDelay = 60_000)
  void sweepUnpublished() {
    OneByOne.forEach(
        leases.unpublished(LOOKED_AT), batch -> store.discard(batch.merchantId(), batch.id()));
  }

  /** Ends a batch, and then others of its merchant, for a limited time. */
  private void endOneByOne(Entry entry) throws InterruptedException {
    var limit = Deadline.after(ENDS_OF_ONE_MERCHANT);
    goOn(entry);
    UUID merchantId = entry.batch().merchantId();
    for (StoredBatch next : toEnd.getOrDefault(merchantId, List.of())) {
      if (limit.expired() || running.stopping()) {
        return;
      }
      StoredBatch taken = running.isHere(next) ? null : takeOrNull(next);
      if (taken != null) {
        try (Entry other = running.enter(taken)) {
          goOn(other);
        }
      }
    }
  }

  private @Nullable StoredBatch takeOrNull(StoredBatch batch) {
    try (var _ = ReservedConnection.forChanges(batch.merchantId())) {
      return leases.take(batch).orElse(null);
    } catch (DataAccessException | TransactionException e) {
      log.warn("Batch {} could not be taken over now: {}", batch.text(), e.toString());
      return null;
    }
  }

  private void goOn(Entry entry) throws InterruptedException {
    StoredBatch batch = entry.batch();
    try (var _ = ReservedConnection.forChanges(batch.merchantId())) {
      reconciliation.reconcile(batch);
      StoredBatch now = store.require(batch.merchantId(), batch.id());
      Duration granted = Duration.ofMillis(batch.run().grantedMs());
      Duration used = granted.minus(leases.left(batch));
      Deadline deadline = Deadline.startingAt(System.nanoTime() - used.toNanos(), granted);
      if (now.run().number() != batch.run().number()) {
        log.info("Another replica already runs batch {}", batch.text());
      } else if (batch.run().background() && now.run().begins() && !deadline.expired()) {
        runner.run(now, entry, deadline);
      } else {
        runner.finish(now, deadline);
      }
    } catch (LeaseLostException e) {
      log.info("{}; another replica continues", e.getMessage());
    } catch (RuntimeException e) {
      log.warn(
          "Batch {} could not be continued now; another attempt follows: {}",
          batch.text(),
          e.toString());
    }
  }

  @PreDestroy
  void close() {
    ending.close();
    goingOn.close();
  }
}
