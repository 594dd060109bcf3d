package io.quittance.payment.batch.run;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.FanOut;
import io.quittance.database.ReservedConnection;
import io.quittance.journal.Journal;
import io.quittance.payment.EventsCommitted;
import io.quittance.payment.batch.item.ItemPayments;
import io.quittance.payment.batch.run.RunningBatches.Entry;
import io.quittance.payment.batch.store.BatchLeases;
import io.quittance.payment.batch.store.BatchProgress;
import io.quittance.payment.batch.store.LeaseLostException;
import io.quittance.payment.batch.store.StoredBatch;
import io.quittance.payment.batch.store.StoredItems;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Runs batches on the caller's thread, and ends them. If it cannot, because of a crash, a database
 * that does not answer or a shutdown, another replica takes over. Thread-safe.
 */
@Component
public final class BatchRunner {

  private static final Logger log = LoggerFactory.getLogger(BatchRunner.class);

  /** The interval between checks of items with an unknown outcome. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private final FanOut fanOut;
  private final ItemGate gate;
  private final ItemPayments payments;
  private final StoredItems items;
  private final BatchProgress progress;
  private final BatchLeases leases;
  private final RunningBatches running;
  private final Journal journal;
  private final ApplicationEventPublisher events;

  BatchRunner(
      FanOut fanOut,
      ItemGate gate,
      ItemPayments payments,
      StoredItems items,
      BatchProgress progress,
      BatchLeases leases,
      RunningBatches running,
      Journal journal,
      ApplicationEventPublisher events) {
    this.fanOut = fanOut;
    this.gate = gate;
    this.payments = payments;
    this.items = items;
    this.progress = progress;
    this.leases = leases;
    this.running = running;
    this.journal = journal;
    this.events = events;
  }

  /**
   * Starts the items that can be started, and returns shortly after the deadline at the latest.
   * After an interrupt the replica that takes over handles what is under way.
   */
  public void run(StoredBatch batch, Entry entry, Deadline deadline) throws InterruptedException {
    try (var _ = ReservedConnection.forChanges(batch.merchantId())) {
      List<Integer> todo = items.notStarted(batch);
      if (!todo.isEmpty()) {
        carryOut(batch, todo, entry, deadline);
      }
      finish(batch, deadline);
    } catch (LeaseLostException e) {
      log.info("{}; another replica continues", e.getMessage());
    } catch (DataAccessException | TransactionException e) {
      log.warn(
          "Batch {} was interrupted; another replica continues: {}", batch.text(), e.getMessage());
    }
  }

  private void carryOut(StoredBatch batch, List<Integer> todo, Entry entry, Deadline deadline)
      throws InterruptedException {
    int parallelism = running.parallelism(batch.merchantId());
    var run = new BatchRun(batch, todo, parallelism, fanOut, gate, payments, items, progress);
    entry.stopsBy(run::stop);
    run.run(BatchDeadlines.ofItems(deadline));
  }

  /** Ends the batch; or releases its lease, if items are open or this replica stops. */
  void finish(StoredBatch batch, Deadline deadline) throws InterruptedException {
    if (batch.run().background() && running.stopping() && !deadline.expired()) {
      leases.release(batch, Duration.ZERO);
      return;
    }
    if (!ended(batch, deadline)) {
      leases.release(batch, LOOK_AGAIN);
    }
  }

  private boolean ended(StoredBatch batch, Deadline deadline) throws InterruptedException {
    var patience = Deadline.after(deadline.remaining().plus(payments.grace()));
    var end = new EndBatch(batch, (int) deadline.used().toMillis());
    try {
      Optional<StoredBatch> rest = patience.await(journal.submitWhenRoom(end, patience));
      rest.ifPresent(
          ended -> {
            log.info("Batch {} is {}: {}", ended.text(), ended.status(), ended.counts());
            events.publishEvent(new EventsCommitted(ended.merchantId()));
          });
      return rest.isPresent();
    } catch (RuntimeException e) {
      log.warn(
          "Batch {} could not be ended now; another attempt follows: {}",
          batch.text(),
          e.toString());
      return false;
    }
  }
}
