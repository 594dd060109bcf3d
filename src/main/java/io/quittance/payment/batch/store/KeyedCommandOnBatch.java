package io.quittance.payment.batch.store;

import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.UnitOfWork;
import java.util.Optional;

/** A command on a batch that a request with an idempotency key asks for. */
public interface KeyedCommandOnBatch<R> extends CommandOnBatch<R> {

  KeyedRequest request();

  /** The result if another request came first under the key. */
  R keyTaken(KeyRecord holder);

  /** Decides under a key that is free, and claims it or stores a refusal under it. */
  R decideFirst(UnitOfWork unit, PaymentBatchRows rows);

  @Override
  default void prepare(UnitOfWork unit) {
    unit.table(IdempotencyKeys.class).request(request());
    CommandOnBatch.super.prepare(unit);
  }

  @Override
  default R decide(UnitOfWork unit) {
    Optional<KeyRecord> holder = unit.table(IdempotencyKeys.class).holder(request());
    return holder.isPresent()
        ? keyTaken(holder.get())
        : decideFirst(unit, unit.table(PaymentBatchRows.class));
  }
}
