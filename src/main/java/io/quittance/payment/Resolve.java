package io.quittance.payment;

import io.quittance.journal.Batch;
import io.quittance.journal.Command;
import java.util.Set;
import java.util.UUID;

/**
 * Fails a payment that a dead process left processing, once the instant has passed by which it was
 * to be resolved. Any replica may do so, and several may try: the first one does it.
 */
record Resolve(Payment stranded) implements Command<Payment> {

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
    batch.table(Payments.class).wantWithBooks(batch, stranded);
  }

  @Override
  public Payment decide(Batch batch) {
    Payment.Terms terms = stranded.terms();
    Payment payment = batch.table(Payments.class).current(stranded);
    if (!payment.concluded() && !batch.now().isBefore(terms.resolvesBy())) {
      payment.used(terms.grantedMs());
      Release.fail(batch, payment, Failure.deadlineExceeded());
    }
    return payment;
  }
}
