package io.quittance.payment.change;

import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.Command;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Refusal;
import io.quittance.payment.event.PaymentEvents;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.Payments;
import io.quittance.payment.recover.Expire;
import io.quittance.payment.recover.Resolve;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Carries out an action on a payment, and claims the key of its request. A payment whose hold has
 * expired, or whose time is over, is ended first, even if recovery has not found it yet.
 *
 * @param seen the payment as it was read before
 * @param request null: the request has no idempotency key
 */
record ChangePayment<R>(Payment seen, @Nullable KeyedRequest request, PaymentAction<R> action)
    implements Command<ChangePayment.Result<R>> {

  /** The result. */
  sealed interface Result<R> {

    /** It was done; with the created object and the payment as they are now. */
    record Done<R>(R made, Payment payment) implements Result<R> {}

    /** It is not possible in the payment's state; the key now stands for this refusal. */
    record Refused<R>(Refusal refusal, Payment payment) implements Result<R> {}
  }

  @Override
  public UUID merchantId() {
    return seen.terms().merchantId();
  }

  @Override
  public Set<String> accounts() {
    return seen.terms().accounts();
  }

  @Override
  public Object kind() {
    return action.getClass();
  }

  @Override
  public long weight() {
    return seen.terms().texts().weight() + action.weight();
  }

  @Override
  public void prepare(UnitOfWork unit) {
    unit.table(Payments.class).requestWithBooks(unit, seen);
  }

  @Override
  public Result<R> decide(UnitOfWork unit) {
    var keys = unit.table(IdempotencyKeys.class);
    Payment payment = unit.table(Payments.class).current(seen);
    Expire.ifOverdue(unit, payment);
    Resolve.ifStranded(unit, payment);
    Optional<Refusal> refusal = action.refusal(unit, payment);
    if (refusal.isPresent()) {
      if (request != null) {
        keys.refuse(request, refusal.get().code(), refusal.get().detail(), unit.now());
      }
      return new Result.Refused<>(refusal.get(), payment);
    }
    R made = action.apply(unit, payment);
    if (request != null) {
      keys.claim(request, action.objectId(), unit.now());
    }
    unit.table(Payments.class).changed(payment);
    unit.table(PaymentEvents.class).add(payment);
    return new Result.Done<>(made, payment);
  }
}
