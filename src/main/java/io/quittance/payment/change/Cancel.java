package io.quittance.payment.change;

import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import io.quittance.ledger.Refusal;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentStatus;
import io.quittance.payment.model.PaymentTerms;
import java.util.Optional;
import java.util.UUID;

/**
 * Releases what is still held. A payment that was captured in part has succeeded with that part.
 */
record Cancel(UUID paymentId) implements PaymentAction<Payment> {

  @Override
  public String name() {
    return "cancel";
  }

  @Override
  public UUID objectId() {
    return paymentId;
  }

  @Override
  public Optional<Refusal> refusal(UnitOfWork unit, Payment payment) {
    return payment.status() == PaymentStatus.AUTHORIZED
        ? Optional.empty()
        : PaymentAction.invalidState(payment, "an authorized payment can be canceled");
  }

  @Override
  public Payment apply(UnitOfWork unit, Payment payment) {
    PaymentTerms terms = payment.terms();
    unit.table(Books.class).release(terms.merchantId(), terms.requireHold(), unit.now());
    payment.cancel(unit.now());
    return payment;
  }
}
