package io.quittance.payment.batch.run;

import io.quittance.journal.Batch;
import io.quittance.journal.Command;
import io.quittance.payment.batch.store.BatchRows;
import io.quittance.payment.batch.store.StoredBatch;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Ends a batch, with an event. Empty when it does not: an item is open, or somebody else carries it
 * out by now.
 */
record EndBatch(StoredBatch batch, int usedMs) implements Command<Optional<StoredBatch>> {

  @Override
  public UUID merchantId() {
    return batch.merchantId();
  }

  @Override
  public Set<String> accounts() {
    return Set.of();
  }

  @Override
  public void prepare(Batch transaction) {
    transaction.table(BatchRows.class).request(batch);
  }

  @Override
  public Optional<StoredBatch> decide(Batch transaction) {
    var rows = transaction.table(BatchRows.class);
    Optional<StoredBatch> resting =
        rows.present(batch)
            .filter(present -> present.processing() && present.counts().open() == 0)
            .map(present -> present.resting(usedMs, transaction.now()));
    resting.ifPresent(
        rest -> {
          rows.change(rest);
          rows.tell(rest);
        });
    return resting;
  }
}
