package io.quittance.payment.batch.run;

import io.quittance.journal.UnitOfWork;
import io.quittance.payment.batch.store.CommandOnBatch;
import io.quittance.payment.batch.store.PaymentBatchRows;
import io.quittance.payment.batch.store.StoredBatch;
import java.util.Optional;

/**
 * Ends a batch, with an event. Empty when it does not: an item is open, or somebody else carries it
 * out by now.
 */
record EndBatch(StoredBatch batch, int usedMs) implements CommandOnBatch<Optional<StoredBatch>> {

  @Override
  public void prepare(UnitOfWork unit) {
    unit.table(PaymentBatchRows.class).request(batch);
  }

  @Override
  public Optional<StoredBatch> decide(UnitOfWork unit) {
    var rows = unit.table(PaymentBatchRows.class);
    Optional<StoredBatch> resting =
        rows.present(batch)
            .filter(present -> present.processing() && present.counts().open() == 0)
            .map(present -> present.completed(present.counts(), usedMs, unit.now()));
    resting.ifPresent(
        rest -> {
          rows.change(rest);
          rows.tell(rest);
        });
    return resting;
  }
}
