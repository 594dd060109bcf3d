package io.quittance.payment.create;

import io.quittance.journal.Command;
import io.quittance.payment.model.PaymentOrder;
import java.util.Set;
import java.util.UUID;

/** A command on the payment of an order, which may be an item of a batch. */
interface OrderCommand<R> extends Command<R> {

  PaymentOrder order();

  @Override
  default UUID merchantId() {
    return order().merchantId();
  }

  @Override
  default Set<String> accounts() {
    return order().accounts();
  }

  @Override
  default long weight() {
    return order().texts().weight();
  }

  @Override
  default boolean ofPaymentBatch() {
    return order().batchId() != null;
  }

  @Override
  default boolean isDeferrable() {
    return ofPaymentBatch();
  }
}
