package io.quittance.payment.batch;

import io.quittance.concurrency.Deadline;
import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.Command;
import io.quittance.journal.UnitOfWork;
import io.quittance.payment.batch.item.AllOrNone;
import io.quittance.payment.batch.item.ItemResult;
import io.quittance.payment.batch.store.BatchCounts;
import io.quittance.payment.batch.store.BatchSql;
import io.quittance.payment.batch.store.PaymentBatchRows;
import io.quittance.payment.batch.store.StoredBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Makes the payments of an atomic batch, and stores the batch itself, in one transaction, and
 * claims the key of the request. If one payment cannot be made, it throws {@link AllOrNone.Refused}
 * and nothing is written.
 */
record PayAll(
    KeyedRequest request,
    StoredBatch batch,
    List<String> references,
    AllOrNone payments,
    Deadline deadline)
    implements Command<StoredBatch> {

  @Override
  public UUID merchantId() {
    return batch.merchantId();
  }

  @Override
  public Set<String> accounts() {
    return payments.accounts();
  }

  @Override
  public boolean ofPaymentBatch() {
    return true;
  }

  @Override
  public long weight() {
    return payments.weight() + 2L * batch.asked().metadata().length();
  }

  @Override
  public void prepare(UnitOfWork unit) {
    payments.prepare(unit);
  }

  @Override
  public StoredBatch decide(UnitOfWork unit) {
    List<ItemResult> ends = payments.decide(unit);
    unit.table(IdempotencyKeys.class).claim(request, batch.id(), unit.now());
    StoredBatch paid =
        batch.completed(
            BatchCounts.of(ends, ItemResult::status), (int) deadline.used().toMillis(), unit.now());
    var rows = unit.table(PaymentBatchRows.class);
    rows.add(paid, rows(batch, references, ends));
    rows.tell(paid);
    return paid;
  }

  static List<BatchSql.Row> rows(
      StoredBatch batch, List<String> references, List<ItemResult> ends) {
    var rows = new ArrayList<BatchSql.Row>(ends.size());
    for (int i = 0; i < ends.size(); i++) {
      rows.add(new BatchSql.Row(batch.merchantId(), batch.id(), i, references.get(i), ends.get(i)));
    }
    return rows;
  }
}
