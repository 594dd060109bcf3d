package io.quittance.payment.batch.run;

import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.UnitOfWork;
import io.quittance.payment.batch.store.CommandOnBatch;
import io.quittance.payment.batch.store.PaymentBatchRows;
import io.quittance.payment.batch.store.StoredBatch;
import java.util.Optional;

/** Claims the key of the request that creates a batch and publishes the prepared batch. */
public record BeginBatch(KeyedRequest request, StoredBatch batch)
    implements CommandOnBatch<BeginBatch.Result> {

  /** The result. */
  public sealed interface Result {
    record Begun(StoredBatch shown) implements Result {}

    /** The batch was prepared too long ago and has been deleted. */
    record Gone() implements Result {}
  }

  @Override
  public Result decide(UnitOfWork unit) {
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
