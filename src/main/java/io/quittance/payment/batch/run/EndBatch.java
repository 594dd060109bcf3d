package io.quittance.payment.batch.run;

import io.quittance.journal.UnitOfWork;
import io.quittance.payment.batch.store.CommandOnBatch;
import io.quittance.payment.batch.store.PaymentBatchRows;
import io.quittance.payment.batch.store.StoredBatch;
import java.util.Optional;

/**
 * Ends a batch, with an event. The result is empty if it did not end: an item is open, or another
 * replica runs the batch now.
 */
record EndBatch(StoredBatch batch, int usedMs) implements CommandOnBatch<Optional<StoredBatch>> {

  @Override
  public long weight() {
    return batch.asked().metadata().length();
  }

  @Override
  public Optional<StoredBatch> decide(UnitOfWork unit) {
    var rows = unit.table(PaymentBatchRows.class);
    Optional<StoredBatch> completed =
        rows.present(batch)
            .filter(present -> present.processing() && present.counts().open() == 0)
            .map(present -> present.completed(present.counts(), usedMs, unit.now()));
    completed.ifPresent(
        ended -> {
          rows.change(ended);
          rows.tell(ended);
        });
    return completed;
  }
}
