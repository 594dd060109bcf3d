package io.quittance.payment.create;

import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyRecord;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import io.quittance.payment.event.PaymentEvents;
import io.quittance.payment.model.Failure;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.Payments;
import io.quittance.payment.recover.Resolve;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Fails a payment and releases its hold. A payment that was never begun is recorded as failed; one
 * that was concluded meanwhile is left as it is. It is queued behind the command that begins the
 * payment, but a busy account may delay either of them. It is safe in any order, because only one
 * of the two can claim the idempotency key, and because of the accounts' locks.
 */
final class Release implements OrderCommand<Release.Result> {

  /** The result. */
  sealed interface Result {

    /** The payment is concluded: it has failed now, or was concluded before. */
    record Ended(Payment payment) implements Result {}

    /** Another request holds the key. */
    record KeyTaken(KeyRecord holder) implements Result {}

    /** The payment was never begun, and is not recorded, because that was given up. */
    record NotRecorded() implements Result {}
  }

  /**
   * What was decided about a payment that was never begun. It is kept between the attempts of a
   * transaction, because what the caller was told must stay true.
   */
  private enum Decision {
    OPEN,
    RECORDED,
    GIVEN_UP
  }

  private final PaymentOrder order;
  private final Failure failure;
  private final boolean mayHold;
  private final AtomicReference<Decision> decision = new AtomicReference<>(Decision.OPEN);

  /**
   * @param mayHold whether the payment may have been begun; if not, there is no hold to release,
   *     and no account to wait for
   */
  Release(PaymentOrder order, Failure failure, boolean mayHold) {
    this.order = order;
    this.failure = failure;
    this.mayHold = mayHold;
  }

  /**
   * Gives up recording a payment that was never begun: its key stays free. Returns false if the
   * record may be on its way already.
   */
  boolean giveUpRecord() {
    return decision.compareAndExchange(Decision.OPEN, Decision.GIVEN_UP) != Decision.RECORDED;
  }

  @Override
  public PaymentOrder order() {
    return order;
  }

  @Override
  public Set<String> accounts() {
    return mayHold ? order.accounts() : Set.of();
  }

  @Override
  public void prepare(UnitOfWork unit) {
    unit.table(IdempotencyKeys.class).request(order.request());
    if (mayHold) {
      unit.table(Books.class).request(order.merchantId(), order.holdId());
    }
    var payments = unit.table(Payments.class);
    payments.request(order.merchantId(), order.id());
  }

  @Override
  public Result decide(UnitOfWork unit) {
    var payments = unit.table(Payments.class);
    Optional<Payment> begun = payments.find(order.merchantId(), order.id());
    if (begun.isEmpty()) {
      return decision.compareAndExchange(Decision.OPEN, Decision.RECORDED) == Decision.GIVEN_UP
          ? new Result.NotRecorded()
          : recordFailed(unit);
    }
    Payment payment = begun.get();
    Resolve.ifStranded(unit, payment);
    if (!payment.concluded()) {
      fail(unit, payment);
    }
    return new Result.Ended(payment);
  }

  private Result recordFailed(UnitOfWork unit) {
    var keys = unit.table(IdempotencyKeys.class);
    Optional<KeyRecord> holder = keys.holder(order.request());
    if (holder.isPresent()) {
      return new Result.KeyTaken(holder.get());
    }
    var payments = unit.table(Payments.class);
    Payment payment = Payment.processing(order, null, unit.now(), unit.now());
    payments.add(payment);
    keys.claim(order.request(), order.id(), unit.now());
    payment.deadlineUsed(order.usedMs());
    payment.fail(failure, unit.now());
    unit.table(PaymentEvents.class).add(payment);
    return new Result.Ended(payment);
  }

  private void fail(UnitOfWork unit, Payment payment) {
    Resolve.giveBack(unit, payment);
    payment.deadlineUsed(order.usedMs());
    payment.fail(failure, unit.now());
    unit.table(Payments.class).changed(payment);
    unit.table(PaymentEvents.class).add(payment);
  }
}
