package io.quittance.payment.batch.run;

import io.quittance.concurrency.Deadline;
import io.quittance.idempotency.KeyRecord;
import io.quittance.journal.Journal;
import io.quittance.payment.batch.item.ItemQueries;
import io.quittance.payment.batch.item.ItemQueries.Found;
import io.quittance.payment.batch.item.ItemResult;
import io.quittance.payment.batch.item.ItemStatus;
import io.quittance.payment.batch.store.BatchProgress;
import io.quittance.payment.batch.store.BatchProgress.Change;
import io.quittance.payment.batch.store.FailurePolicy;
import io.quittance.payment.batch.store.LeaseLostException;
import io.quittance.payment.batch.store.StoredBatch;
import io.quittance.payment.batch.store.StoredItems;
import io.quittance.payment.batch.store.StoredItems.Open;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.stereotype.Component;

/**
 * Finds the results of items whose run stopped early, and makes sure that none of them is applied
 * later. Items without a payment are started again if the batch continues in the background;
 * otherwise they fail. Thread-safe.
 */
@Component
final class ItemReconciliation {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  /**
   * How long locked items are waited for: other batches wait for the worker, and this one is tried
   * again when its lease has ended.
   */
  private static final Duration LOCK_LIMIT = Duration.ofSeconds(1);

  private static final int ITEMS_AT_ONCE = 500;

  private static final ItemResult LOST =
      ItemResult.refused(
          ProblemCode.INTERNAL_ERROR,
          "The item was under way when the batch was interrupted; nothing was moved.");

  private final Journal journal;
  private final ItemQueries payments;
  private final StoredItems items;
  private final BatchProgress progress;

  ItemReconciliation(
      Journal journal, ItemQueries payments, StoredItems items, BatchProgress progress) {
    this.journal = journal;
    this.payments = payments;
    this.items = items;
    this.progress = progress;
  }

  /**
   * Stores the results that are known now; payments that are under way are checked again later.
   *
   * @throws LeaseLostException another replica runs the batch now
   */
  void reconcile(StoredBatch batch) throws InterruptedException {
    List<Open> open = items.open(batch);
    for (int from = 0; from < open.size(); from += ITEMS_AT_ONCE) {
      reconcile(batch, open.subList(from, Math.min(open.size(), from + ITEMS_AT_ONCE)));
    }
  }

  private void reconcile(StoredBatch batch, List<Open> open) throws InterruptedException {
    var limit = Deadline.after(LIMIT);
    Map<Integer, KeyRecord> begun =
        limit
            .await(journal.submitWhenRoom(new FenceItems(batch, open), limit))
            .orElseThrow(() -> new LeaseLostException(batch.text()));
    List<Found> found =
        payments.of(batch.merchantId(), batch.id(), open.stream().map(Open::reference).toList());
    List<Change> changes =
        open.stream()
            .map(item -> change(batch, item, end(item, begun.get(item.position()), found)))
            .flatMap(Optional::stream)
            .toList();
    record(batch, changes);
  }

  private void record(StoredBatch batch, List<Change> changes) throws InterruptedException {
    var limit = Deadline.after(LOCK_LIMIT);
    var retries = new WriteRetries(batch);
    while (true) {
      try {
        progress.record(batch, changes, null, !stops(batch, changes));
        return;
      } catch (CannotAcquireLockException e) {
        if (limit.expired()) {
          throw e;
        }
        Thread.sleep(limit.within(retries.after(e)).remaining());
      }
    }
  }

  /** The result of an item; empty when there is no payment and never will be. */
  private static Optional<ItemResult> end(Open item, @Nullable KeyRecord begun, List<Found> found) {
    Optional<Problem> refused = begun == null ? Optional.empty() : begun.refused();
    if (refused.isPresent() && !FenceItems.isFence(refused.get())) {
      UUID rival = Objects.requireNonNull(begun).objectId();
      return refused.map(problem -> problem.payment(rival)).map(ItemResult::refused);
    }
    UUID made = begun == null ? null : begun.objectId();
    return found.stream()
        .filter(payment -> payment.reference().equals(item.reference()))
        .filter(
            payment ->
                made == null
                    ? payment.end().status() != ItemStatus.FAILED
                    : payment.id().equals(made))
        .map(Found::end)
        .findFirst();
  }

  /** The change to store for an item; empty while its payment is under way. */
  private static Optional<Change> change(StoredBatch batch, Open item, Optional<ItemResult> end) {
    ItemStatus status = end.map(ItemResult::status).orElse(ItemStatus.FAILED);
    if (status == ItemStatus.PROCESSING) {
      return Optional.empty();
    }
    boolean cameAbout = end.isPresent() && (status != ItemStatus.FAILED || refused(end.get()));
    if (!cameAbout && batch.run().background() && batch.run().begins()) {
      return Optional.of(new Change(item.position(), item.status(), ItemResult.NOT_STARTED, true));
    }
    return Optional.of(new Change(item.position(), item.status(), end.orElse(LOST)));
  }

  private static boolean refused(ItemResult end) {
    return end.paymentId() == null;
  }

  private static boolean stops(StoredBatch batch, List<Change> changes) {
    return batch.asked().onFailure() == FailurePolicy.STOP
        && changes.stream()
            .map(change -> change.end().status())
            .anyMatch(status -> !status.successful() && status != ItemStatus.NOT_STARTED);
  }
}
