package io.quittance.payment.batch;

import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.UnitOfWork;
import io.quittance.payment.batch.item.ItemResult;
import io.quittance.payment.batch.store.BatchCounts;
import io.quittance.payment.batch.store.CommandOnBatch;
import io.quittance.payment.batch.store.PaymentBatchRows;
import io.quittance.payment.batch.store.StoredBatch;
import io.quittance.web.ProblemCode;
import java.util.List;

/**
 * Stores under its key that an atomic batch was refused, with the reason for each item. Only a
 * repetition of the request sees it.
 *
 * @param detail the detail of the response
 */
record RefuseBatch(
    KeyedRequest request,
    StoredBatch batch,
    List<String> references,
    List<ItemResult> ends,
    String detail)
    implements CommandOnBatch<StoredBatch> {

  @Override
  public long weight() {
    return batch.asked().metadata().length();
  }

  /** There is nothing to read: the batch is new. */
  @Override
  public void prepare(UnitOfWork unit) {}

  @Override
  public StoredBatch decide(UnitOfWork unit) {
    unit.table(IdempotencyKeys.class)
        .refuse(request, ProblemCode.BATCH_REFUSED, detail, batch.id(), unit.now());
    StoredBatch refused = batch.refused(BatchCounts.of(ends, ItemResult::status));
    unit.table(PaymentBatchRows.class).add(refused, PayAll.rows(batch, references, ends));
    return refused;
  }
}
