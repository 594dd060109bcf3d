package io.quittance.payment.batch.run;

import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.UnitOfWork;
import io.quittance.payment.batch.store.StoredBatch;

/**
 * What the key of a request that begins a run of a batch remembers: how the request is answered,
 * and which run is its own. Later runs change the batch, and not the answer's status.
 */
public final class BatchKeys {

  private static final String IN_BACKGROUND = "respond-async";

  private BatchKeys() {}

  static void claim(UnitOfWork unit, KeyedRequest request, StoredBatch batch) {
    unit.table(IdempotencyKeys.class)
        .claim(
            request,
            batch.id(),
            batch.run().endsAt(),
            batch.run().background() ? IN_BACKGROUND : null);
  }

  /** Whether the request did not wait for its run. */
  public static boolean inBackground(KeyRecord holder) {
    return IN_BACKGROUND.equals(holder.detail());
  }

  /** Whether the run that the request began is still under way. */
  public static boolean runs(KeyRecord holder, StoredBatch now) {
    return now.processing() && now.run().endsAt().equals(holder.runsUntil());
  }
}
