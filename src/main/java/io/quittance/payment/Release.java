package io.quittance.payment;

import io.quittance.journal.Batch;
import io.quittance.journal.Command;
import io.quittance.journal.IdempotencyKeys;
import io.quittance.journal.KeyRecord;
import io.quittance.ledger.Books;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Fails a payment and gives its held funds back. It runs after the command that began the payment,
 * in the same queue: so it finds out whether that took effect. A payment that was never begun is
 * recorded as failed, and one that was concluded after all is left as it is.
 */
record Release(PaymentOrder order, Failure failure) implements Command<Authorize.Result> {

  @Override
  public UUID merchantId() {
    return order.merchantId();
  }

  @Override
  public Set<String> accounts() {
    return order.accounts();
  }

  @Override
  public void prepare(Batch batch) {
    batch.table(IdempotencyKeys.class).want(order.request());
    var books = batch.table(Books.class);
    books.want(order.merchantId(), order.holdId());
    var payments = batch.table(Payments.class);
    payments.want(order.merchantId(), order.id());
  }

  @Override
  public Authorize.Result decide(Batch batch) {
    var payments = batch.table(Payments.class);
    Optional<Payment> begun = payments.find(order.merchantId(), order.id());
    if (begun.isEmpty()) {
      return recordFailed(batch);
    }
    Payment payment = begun.get();
    if (!payment.concluded()) {
      payment.used(order.usedMs());
      fail(batch, payment, failure);
    }
    return new Authorize.Result.Begun(payment);
  }

  private Authorize.Result recordFailed(Batch batch) {
    var keys = batch.table(IdempotencyKeys.class);
    Optional<KeyRecord> holder = keys.holder(order.request());
    if (holder.isPresent()) {
      return new Authorize.Result.KeyTaken(holder.get());
    }
    var payments = batch.table(Payments.class);
    Payment payment = Payment.processing(order, null, batch.now(), batch.now());
    payments.add(payment);
    keys.claim(order.request(), order.id(), batch.now());
    payment.used(order.usedMs());
    payment.fail(failure, batch.now());
    batch.table(PaymentEvents.class).add(payment);
    return new Authorize.Result.Begun(payment);
  }

  /** Fails a processing payment and gives its held funds back. */
  static void fail(Batch batch, Payment payment, Failure failure) {
    Payment.Terms terms = payment.terms();
    batch
        .table(Books.class)
        .release(terms.merchantId(), Objects.requireNonNull(terms.holdId()), batch.now());
    payment.fail(failure, batch.now());
    batch.table(Payments.class).changed(payment);
    batch.table(PaymentEvents.class).add(payment);
  }
}
