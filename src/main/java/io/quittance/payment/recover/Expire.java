package io.quittance.payment.recover;

import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import io.quittance.payment.event.PaymentEvents;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentTerms;
import io.quittance.payment.model.Payments;
import java.util.UUID;

/**
 * Ends an authorization or a review whose hold has expired by the database's clock, and releases
 * what is still held.
 */
public record Expire(Payment seen) implements RecoveryCommand {

  @Override
  public void endIfDue(UnitOfWork unit, Payment payment) {
    ifOverdue(unit, payment);
  }

  /**
   * Expires the payment if it waits for a capture or a review and its hold can no longer be posted.
   */
  public static void ifOverdue(UnitOfWork unit, Payment payment) {
    if (!payment.waits()) {
      return;
    }
    var books = unit.table(Books.class);
    PaymentTerms terms = payment.terms();
    UUID holdId = terms.requireHold();
    if (books.postable(terms.merchantId(), holdId, unit.now())) {
      return;
    }
    books.release(terms.merchantId(), holdId, unit.now());
    payment.expire(unit.now());
    unit.table(Payments.class).changed(payment);
    unit.table(PaymentEvents.class).add(payment);
  }
}
