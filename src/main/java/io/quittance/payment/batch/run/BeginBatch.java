package io.quittance.payment.batch.run;

import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.UnitOfWork;
import io.quittance.payment.batch.store.KeyedCommandOnBatch;
import io.quittance.payment.batch.store.PaymentBatchRows;
import io.quittance.payment.batch.store.StoredBatch;
import java.util.Optional;

/** Claims the key of the request that creates a batch, and publishes the prepared batch. */
public record BeginBatch(KeyedRequest request, StoredBatch batch)
    implements KeyedCommandOnBatch<BeginBatch.Result> {

  /** The result. */
  public sealed interface Result {
    record Begun(StoredBatch shown) implements Result {}

    /** Another request holds the key. */
    record KeyTaken(KeyRecord holder) implements Result {}

    /** The batch was prepared too long ago and has been deleted. */
    record Gone() implements Result {}
  }

  @Override
  public Result keyTaken(KeyRecord holder) {
    return new Result.KeyTaken(holder);
  }

  @Override
  public Result decideFirst(UnitOfWork unit, PaymentBatchRows rows) {
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
