package io.quittance.payment.batch.run;

import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.UnitOfWork;
import io.quittance.payment.batch.store.CommandOnBatch;
import io.quittance.payment.batch.store.PaymentBatchRows;
import io.quittance.payment.batch.store.StoredBatch;
import java.util.Optional;

/**
 * Claims the key of the request that makes a batch, which was prepared and is shown from then on.
 */
public record BeginBatch(KeyedRequest request, StoredBatch batch)
    implements CommandOnBatch<BeginBatch.Result> {

  /** What came of it. */
  public sealed interface Result {
    record Begun(StoredBatch shown) implements Result {}

    /** Another request came first under the key. */
    record KeyTaken(KeyRecord holder) implements Result {}

    /** It was prepared too long ago. */
    record Gone() implements Result {}
  }

  @Override
  public void prepare(UnitOfWork unit) {
    unit.table(IdempotencyKeys.class).request(request);
    unit.table(PaymentBatchRows.class).request(batch);
  }

  @Override
  public Result decide(UnitOfWork unit) {
    Optional<KeyRecord> holder = unit.table(IdempotencyKeys.class).holder(request);
    if (holder.isPresent()) {
      return new Result.KeyTaken(holder.get());
    }
    var rows = unit.table(PaymentBatchRows.class);
    Optional<StoredBatch> present = rows.present(batch);
    if (present.isEmpty()) {
      return new Result.Gone();
    }
    StoredBatch shown = present.get().published(unit.now());
    BatchKeys.claim(unit, request, shown);
    rows.change(shown);
    return new Result.Begun(shown);
  }
}
