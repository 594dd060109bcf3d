package io.quittance.payment.batch.run;

import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.Batch;
import io.quittance.payment.batch.store.BatchRows;
import io.quittance.payment.batch.store.BatchStatus;
import io.quittance.payment.batch.store.CommandOnBatch;
import io.quittance.payment.batch.store.StoredBatch;
import java.util.Optional;

/**
 * Claims the key of the request that makes a batch, or resumes it; a batch that was prepared is
 * shown from then on.
 */
public record BeginBatch(KeyedRequest request, StoredBatch batch)
    implements CommandOnBatch<BeginBatch.Result> {

  /** What came of it. */
  public sealed interface Result {
    record Begun() implements Result {}

    /** Another request came first under the key. */
    record KeyTaken(KeyRecord holder) implements Result {}

    /** It was prepared too long ago. */
    record Gone() implements Result {}
  }

  @Override
  public void prepare(Batch transaction) {
    transaction.table(IdempotencyKeys.class).request(request);
    transaction.table(BatchRows.class).request(batch);
  }

  @Override
  public Result decide(Batch transaction) {
    var keys = transaction.table(IdempotencyKeys.class);
    Optional<KeyRecord> holder = keys.holder(request);
    if (holder.isPresent()) {
      return new Result.KeyTaken(holder.get());
    }
    var rows = transaction.table(BatchRows.class);
    Optional<StoredBatch> present = rows.present(batch);
    if (present.isEmpty()) {
      return new Result.Gone();
    }
    keys.claim(request, batch.id(), batch.endsAt());
    if (present.get().status().equals(BatchStatus.PREPARING)) {
      rows.change(present.get().with(BatchStatus.PROCESSING));
    }
    return new Result.Begun();
  }
}
