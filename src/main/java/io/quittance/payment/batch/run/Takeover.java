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
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
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

  private final BatchWorkers goingOn;
  private final BatchWorkers ending;
  private final BatchStore store;
  private final BatchLeases leases;
  private final RunningBatches running;
  private final ItemReconciliation reconciliation;
  private final BatchRunner runner;

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
    this.ending = new BatchWorkers("batch-ends", ENDING, running, this::goOn, registry);
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

  private void lookForThoseOf(BatchWorkers workers) {
    if (!workers.isFull()) {
      OneByOne.forEach(
          leases.abandoned(workers == goingOn, workers.merchantsWithoutRoom(), LOOKED_AT),
          batch -> take(batch, workers));
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
