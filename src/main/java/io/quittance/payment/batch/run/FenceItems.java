package io.quittance.payment.batch.run;

import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.UnitOfWork;
import io.quittance.payment.batch.item.BatchItem;
import io.quittance.payment.batch.store.CommandOnBatch;
import io.quittance.payment.batch.store.PaymentBatchRows;
import io.quittance.payment.batch.store.StoredBatch;
import io.quittance.payment.batch.store.StoredItems.Open;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes sure that items which were under way cannot be applied any more, by storing a refusal under
 * their keys. Items whose keys are taken were applied or refused before.
 */
record FenceItems(StoredBatch batch, List<Open> items)
    implements CommandOnBatch<Optional<Map<Integer, KeyRecord>>> {

  /** Marks the refusals that this stores. Replicas of all versions know it by this text. */
  private static final String FENCE =
      "The replica that carried out the batch stopped while the item was under way; nothing was"
          + " moved.";

  /** Whether a key's refusal was stored by this command. */
  static boolean isFence(Problem refusal) {
    return FENCE.equals(refusal.getMessage());
  }

  @Override
  public void prepare(UnitOfWork unit) {
    var keys = unit.table(IdempotencyKeys.class);
    items.forEach(item -> keys.request(key(item)));
    CommandOnBatch.super.prepare(unit);
  }

  /**
   * The key records of the items whose keys are taken, by position; empty when another replica runs
   * the batch now.
   */
  @Override
  public Optional<Map<Integer, KeyRecord>> decide(UnitOfWork unit) {
    if (unit.table(PaymentBatchRows.class).present(batch).isEmpty()) {
      return Optional.empty();
    }
    var keys = unit.table(IdempotencyKeys.class);
    Map<Integer, KeyRecord> taken = new HashMap<>();
    for (Open item : items) {
      keys.holder(key(item))
          .ifPresentOrElse(
              record -> taken.put(item.position(), record),
              () -> keys.refuse(key(item), ProblemCode.INTERNAL_ERROR, FENCE, unit.now()));
    }
    return Optional.of(taken);
  }

  private KeyedRequest key(Open item) {
    return BatchItem.key(batch.merchantId(), batch.id(), item.position(), item.attempt());
  }
}
