package io.quittance.payment.recover;

import io.quittance.journal.Batch;
import io.quittance.journal.Command;
import io.quittance.ledger.Books;
import io.quittance.payment.event.PaymentEvents;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentTerms;
import io.quittance.payment.model.Payments;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Ends an authorization or a review whose time is over by the database's clock, and gives back what
 * is still held. Any replica may do so, and several may try: the first one does it.
 */
public record Expire(Payment overdue) implements Command<Payment> {

  @Override
  public UUID merchantId() {
    return overdue.terms().merchantId();
  }

  @Override
  public Set<String> accounts() {
    return overdue.terms().accounts();
  }

  @Override
  public void prepare(Batch batch) {
    batch.table(Payments.class).requestWithBooks(batch, overdue);
  }

  @Override
  public Payment decide(Batch batch) {
    Payment payment = batch.table(Payments.class).current(overdue);
    ifOverdue(batch, payment);
    return payment;
  }

  /**
   * Expires the payment if it waits for a capture or a review and its hold can no longer be posted.
   */
  public static void ifOverdue(Batch batch, Payment payment) {
    if (!payment.waits()) {
      return;
    }
    var books = batch.table(Books.class);
    PaymentTerms terms = payment.terms();
    UUID holdId = Objects.requireNonNull(terms.holdId());
    if (books.postable(terms.merchantId(), holdId, batch.now())) {
      return;
    }
    books.release(terms.merchantId(), holdId, batch.now());
    payment.expire(batch.now());
    batch.table(Payments.class).changed(payment);
    batch.table(PaymentEvents.class).add(payment);
  }
}
