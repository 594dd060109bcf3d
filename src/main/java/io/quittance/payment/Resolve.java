package io.quittance.payment;

import io.quittance.journal.Batch;
import io.quittance.journal.Command;
import io.quittance.ledger.Books;
import java.util.Objects;

/**
 * Fails a payment that a dead process left processing, once the instant has passed by which it was
 * to be resolved. Any replica may do so, and several may try: the first one does it.
 */
record Resolve(Payment stranded) implements Command<Payment> {

  @Override
  public void prepare(Batch batch) {
    Payment.Terms terms = stranded.terms();
    var books = batch.table(Books.class);
    books.want(terms.merchantId(), terms.payer(), terms.payee());
    books.want(terms.merchantId(), Objects.requireNonNull(terms.holdId()));
    batch.table(Payments.class).want(terms.merchantId(), terms.id());
  }

  @Override
  public Payment decide(Batch batch) {
    Payment.Terms terms = stranded.terms();
    Payment payment =
        batch.table(Payments.class).find(terms.merchantId(), terms.id()).orElseThrow();
    if (!payment.concluded() && !batch.now().isBefore(terms.resolvesBy())) {
      payment.used(terms.grantedMs());
      Release.fail(batch, payment, Failure.deadlineExceeded());
    }
    return payment;
  }
}
