package io.quittance.payment.recover;

import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import io.quittance.payment.event.PaymentEvents;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentTerms;
import io.quittance.payment.model.Payments;

/** Fails a payment that a dead process left processing, once its {@code resolves_by} has passed. */
public record Resolve(Payment seen) implements RecoveryCommand {

  @Override
  public void endIfDue(UnitOfWork unit, Payment payment) {
    ifStranded(unit, payment);
  }

  /** Fails the payment and releases its hold, if it has not ended in time. */
  public static void ifStranded(UnitOfWork unit, Payment payment) {
    if (payment.stranded(unit.now())) {
      giveBack(unit, payment);
      payment.failStranded(unit.now());
      unit.table(Payments.class).changed(payment);
      unit.table(PaymentEvents.class).add(payment);
    }
  }

  /** Releases the hold of a payment that is processing. */
  public static void giveBack(UnitOfWork unit, Payment payment) {
    PaymentTerms terms = payment.terms();
    unit.table(Books.class).release(terms.merchantId(), terms.requireHold(), unit.now());
  }
}
