package io.quittance.payment.recover;

import io.quittance.journal.Command;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import io.quittance.payment.event.PaymentEvents;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentTerms;
import io.quittance.payment.model.Payments;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Fails a payment that a dead process left processing, once the instant has passed by which it was
 * to be resolved. Any replica may do so, and several may try: the first one does it.
 */
public record Resolve(Payment stranded) implements Command<Payment> {

  @Override
  public UUID merchantId() {
    return stranded.terms().merchantId();
  }

  @Override
  public Set<String> accounts() {
    return stranded.terms().accounts();
  }

  @Override
  public void prepare(UnitOfWork unit) {
    unit.table(Payments.class).requestWithBooks(unit, stranded);
  }

  @Override
  public Payment decide(UnitOfWork unit) {
    Payment payment = unit.table(Payments.class).current(stranded);
    ifOverdue(unit, payment);
    return payment;
  }

  /** Fails the payment and releases its hold, if it has not ended in time. */
  public static void ifOverdue(UnitOfWork unit, Payment payment) {
    if (payment.overdue(unit.now())) {
      giveBack(unit, payment);
      payment.failOverdue(unit.now());
      unit.table(Payments.class).changed(payment);
      unit.table(PaymentEvents.class).add(payment);
    }
  }

  /** Gives back what is held for a payment that is processing. */
  public static void giveBack(UnitOfWork unit, Payment payment) {
    PaymentTerms terms = payment.terms();
    unit.table(Books.class)
        .release(terms.merchantId(), Objects.requireNonNull(terms.holdId()), unit.now());
  }
}
