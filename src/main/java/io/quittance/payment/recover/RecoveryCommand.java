package io.quittance.payment.recover;

import io.quittance.journal.Command;
import io.quittance.journal.UnitOfWork;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.Payments;
import java.util.Set;
import java.util.UUID;

/**
 * Ends a payment whose time is over. Any replica may send it, and several may for one payment: the
 * first one ends it.
 */
sealed interface RecoveryCommand extends Command<Payment> permits Resolve, Expire {

  /** The payment as it was when it was found. */
  Payment seen();

  /** Ends the payment if its time is over. */
  void endIfDue(UnitOfWork unit, Payment payment);

  @Override
  default UUID merchantId() {
    return seen().terms().merchantId();
  }

  @Override
  default Set<String> accounts() {
    return seen().terms().accounts();
  }

  @Override
  default long weight() {
    return seen().terms().texts().weight();
  }

  @Override
  default void prepare(UnitOfWork unit) {
    unit.table(Payments.class).requestWithBooks(unit, seen());
  }

  @Override
  default Payment decide(UnitOfWork unit) {
    Payment payment = unit.table(Payments.class).current(seen());
    endIfDue(unit, payment);
    return payment;
  }
}
