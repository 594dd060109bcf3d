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
  public void prepare(Batch batch) {
    batch.table(Payments.class).requestWithBooks(batch, stranded);
  }

  @Override
  public Payment decide(Batch batch) {
    Payment payment = batch.table(Payments.class).current(stranded);
    ifOverdue(batch, payment);
    return payment;
  }

  /** Fails the payment and releases its hold, if it has not ended in time. */
  public static void ifOverdue(Batch batch, Payment payment) {
    if (payment.overdue(batch.now())) {
      giveBack(batch, payment);
      payment.runOut(batch.now());
      batch.table(Payments.class).changed(payment);
      batch.table(PaymentEvents.class).add(payment);
    }
  }

  /** Gives back what is held for a payment that is processing. */
  public static void giveBack(Batch batch, Payment payment) {
    PaymentTerms terms = payment.terms();
    batch
        .table(Books.class)
        .release(terms.merchantId(), Objects.requireNonNull(terms.holdId()), batch.now());
  }
}
