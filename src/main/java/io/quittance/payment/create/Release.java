package io.quittance.payment.create;

import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyRecord;
import io.quittance.journal.Batch;
import io.quittance.journal.Command;
import io.quittance.ledger.Books;
import io.quittance.ledger.Refusal;
import io.quittance.payment.event.PaymentEvents;
import io.quittance.payment.model.Failure;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.Payments;
import io.quittance.payment.recover.Resolve;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Fails a payment and gives its held funds back. A payment that was never begun is recorded as
 * failed, and one that was concluded after all is left as it is. It is usually applied after the
 * command that began the payment, being queued behind it; but either of the two may be left waiting
 * for a busy account. What makes it safe in any order are the idempotency key, which only one of
 * them can claim, and the accounts' locks.
 */
final class Release implements Command<Authorize.Result> {

  /**
   * Who has spoken first about a payment that was never begun. It outlasts the attempts of a
   * transaction, because what the caller was told must stay true.
   */
  private enum Record {
    OPEN,
    MADE,
    GIVEN_UP
  }

  private final PaymentOrder order;
  private final Failure failure;
  private final boolean mayHold;
  private final AtomicReference<Record> recorded = new AtomicReference<>(Record.OPEN);

  /**
   * @param mayHold whether the payment may have been begun; if not, there is no hold to give back,
   *     and no account to wait for
   */
  Release(PaymentOrder order, Failure failure, boolean mayHold) {
    this.order = order;
    this.failure = failure;
    this.mayHold = mayHold;
  }

  /**
   * Gives up on recording a payment that was never begun: its key stays free, and there is no
   * record of it. Says whether that is certain; it is not once the record is on its way.
   */
  boolean giveUpRecord() {
    return recorded.compareAndExchange(Record.OPEN, Record.GIVEN_UP) != Record.MADE;
  }

  @Override
  public UUID merchantId() {
    return order.merchantId();
  }

  @Override
  public Set<String> accounts() {
    return mayHold ? order.accounts() : Set.of();
  }

  @Override
  public boolean ofPaymentBatch() {
    return order.batchId() != null;
  }

  @Override
  public void prepare(Batch batch) {
    batch.table(IdempotencyKeys.class).request(order.request());
    if (mayHold) {
      batch.table(Books.class).request(order.merchantId(), order.holdId());
    }
    var payments = batch.table(Payments.class);
    payments.request(order.merchantId(), order.id());
  }

  @Override
  public Authorize.Result decide(Batch batch) {
    var payments = batch.table(Payments.class);
    Optional<Payment> begun = payments.find(order.merchantId(), order.id());
    if (begun.isEmpty()) {
      return recorded.compareAndExchange(Record.OPEN, Record.MADE) == Record.GIVEN_UP
          ? new Authorize.Result.Refused(new Refusal(failure.code(), failure.detail()), null)
          : recordFailed(batch);
    }
    Payment payment = begun.get();
    Resolve.ifOverdue(batch, payment);
    if (!payment.concluded()) {
      fail(batch, payment);
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

  private void fail(Batch batch, Payment payment) {
    Resolve.giveBack(batch, payment);
    payment.used(order.usedMs());
    payment.fail(failure, batch.now());
    batch.table(Payments.class).changed(payment);
    batch.table(PaymentEvents.class).add(payment);
  }
}
