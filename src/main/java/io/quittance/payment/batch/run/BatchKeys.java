package io.quittance.payment.batch.run;

import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.UnitOfWork;
import io.quittance.payment.batch.store.StoredBatch;

/**
 * What is stored under the key of a request that starts a run of a batch: how the request is
 * answered, and the number of its run. Later runs change the batch, but not the status of the
 * response.
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
