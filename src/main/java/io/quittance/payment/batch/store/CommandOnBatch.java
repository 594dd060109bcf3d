package io.quittance.payment.batch.store;

import io.quittance.journal.Command;
import io.quittance.journal.UnitOfWork;
import java.util.Set;
import java.util.UUID;

/**
 * A command that reads and changes a batch's own rows. It locks the batch, and no account. While
 * another transaction holds the batch's row, the command waits beside the lane until its deadline.
 */
public interface CommandOnBatch<R> extends Command<R> {

  StoredBatch batch();

  @Override
  default UUID merchantId() {
    return batch().merchantId();
  }

  @Override
  default Set<String> accounts() {
    return Set.of(PaymentBatchRows.lockOf(batch()));
  }

  @Override
  default boolean ofPaymentBatch() {
    return true;
  }

  @Override
  default void prepare(UnitOfWork unit) {
    unit.table(PaymentBatchRows.class).request(batch());
  }
}
