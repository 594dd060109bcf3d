package io.quittance.payment.batch.store;

import io.quittance.journal.Command;
import java.util.Set;
import java.util.UUID;

/** A command that decides by a batch's own rows, and so locks no account. */
public interface CommandOnBatch<R> extends Command<R> {

  StoredBatch batch();

  @Override
  default UUID merchantId() {
    return batch().merchantId();
  }

  @Override
  default Set<String> accounts() {
    return Set.of();
  }

  @Override
  default boolean ofPaymentBatch() {
    return true;
  }
}
