package io.quittance.payment.create;

import io.quittance.fraud.Screening;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.Payments;
import io.quittance.payment.recover.Resolve;

/** Concludes a payment that was begun in an earlier transaction. */
record ApplyVerdict(Payment begun, Screening screening, PaymentOrder order)
    implements OrderCommand<Payment> {

  @Override
  public void prepare(UnitOfWork unit) {
    var books = unit.table(Books.class);
    books.request(order.merchantId(), order.holdId());
    var payments = unit.table(Payments.class);
    payments.request(order.merchantId(), order.id());
    payments.requestPast(begun, screening.windows());
  }

  /** The payment as it is now, concluded here or by another command before. */
  @Override
  public Payment decide(UnitOfWork unit) {
    var payments = unit.table(Payments.class);
    Payment payment = payments.find(order.merchantId(), order.id()).orElseThrow();
    Resolve.ifStranded(unit, payment);
    if (!payment.concluded()) {
      payments.changed(payment);
      Conclusion.apply(unit, payment, screening, order);
    }
    return payment;
  }
}
