package io.quittance.payment.create;

import io.quittance.fraud.Screening;
import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import io.quittance.ledger.Refusal;
import io.quittance.payment.event.PaymentEvents;
import io.quittance.payment.model.Failure;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.Payments;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Begins a payment: claims its key ({@link io.quittance.idempotency.KeyedCommand} checks that it is
 * free) and holds the payer's funds. If screening has answered by the time the command's turn
 * comes, the payment is concluded in the same transaction, and one commit is all it takes.
 */
public final class BeginPayment implements OrderCommand<BeginPayment.Result> {

  /** The result. */
  public sealed interface Result {

    /**
     * Whether the payment is concluded, or will never exist, so that screening need not be waited
     * for.
     */
    default boolean decisive() {
      return !(this instanceof PaymentStored(Payment payment)) || payment.concluded();
    }

    /** A payment exists: still processing, or concluded in the same transaction. */
    record PaymentStored(Payment payment) implements Result {}

    /**
     * No payment was made, and the key now stands for this refusal.
     *
     * @param rival the conflicting payment, if there is one
     */
    record Refused(Refusal refusal, @Nullable UUID rival) implements Result {

      /** The problem of the response. */
      public Problem problem() {
        return Problem.of(refusal.code(), refusal.detail()).payment(rival);
      }
    }
  }

  private final PaymentOrder order;
  private final Duration grace;
  private final boolean ownKey;
  private final ScreeningSlot slot;

  /** The screening that had answered when this attempt was prepared; null: none. */
  private @Nullable Screening prepared;

  /**
   * @param slot where screening puts its answer, if it comes in time
   * @param grace how long after the deadline the payment may stay open before any replica fails it
   */
  BeginPayment(PaymentOrder order, ScreeningSlot slot, Duration grace) {
    this(order, slot, grace, true);
  }

  private BeginPayment(PaymentOrder order, ScreeningSlot slot, Duration grace, boolean ownKey) {
    this.order = order;
    this.slot = slot;
    this.grace = grace;
    this.ownKey = ownKey;
  }

  /** One of several payments under one key, which another command claims. */
  public static BeginPayment underAnothersKey(
      PaymentOrder order, ScreeningSlot slot, Duration grace) {
    return new BeginPayment(order, slot, grace, false);
  }

  @Override
  public PaymentOrder order() {
    return order;
  }

  @Override
  public void prepare(UnitOfWork unit) {
    prepared = slot.get();
    var payments = unit.table(Payments.class);
    payments.requestReference(order);
    payments.requestPast(order, prepared == null ? Set.of() : prepared.windows());
  }

  @Override
  public Result decide(UnitOfWork unit) {
    Optional<UUID> rival = unit.table(Payments.class).referenceHolder(order);
    if (rival.isPresent()) {
      return refused(unit, duplicate(), rival.get());
    }
    Optional<Refusal> refusal = unit.table(Books.class).refusal(order.holdOrder());
    if (refusal.isEmpty()) {
      return new Result.PaymentStored(begin(unit, usable()));
    }
    if (refusal.get().code() == ProblemCode.INSUFFICIENT_FUNDS) {
      return new Result.PaymentStored(declined(unit, usable(), refusal.get()));
    }
    return refused(unit, refusal.get(), null);
  }

  /**
   * The screening, if it has answered and needs no history that {@link #prepare} did not request.
   */
  private @Nullable Screening usable() {
    Screening late = slot.get();
    return prepared == null && late != null && late.windows().isEmpty() ? late : prepared;
  }

  private Result refused(UnitOfWork unit, Refusal refusal, @Nullable UUID rival) {
    if (ownKey) {
      unit.table(IdempotencyKeys.class)
          .refuse(order.request(), refusal.code(), refusal.detail(), rival, unit.now());
    }
    return new Result.Refused(refusal, rival);
  }

  private Refusal duplicate() {
    return new Refusal(
        ProblemCode.DUPLICATE_REFERENCE,
        "Another payment has the `reference` %s already; send another one."
            .formatted(order.texts().reference()));
  }

  private Payment begin(UnitOfWork unit, @Nullable Screening screening) {
    Instant resolvesBy = unit.now().plus(order.deadline().remaining()).plus(grace);
    unit.table(Books.class).hold(order.holdOrder(), unit.now(), resolvesBy);
    Instant createdAt = unit.table(Payments.class).creationTime(order, unit.now());
    Payment payment = Payment.processing(order, order.holdId(), createdAt, resolvesBy);
    add(unit, payment);
    if (screening != null) {
      Conclusion.apply(unit, payment, screening, order);
    }
    return payment;
  }

  private Payment declined(UnitOfWork unit, @Nullable Screening screening, Refusal refusal) {
    Instant createdAt = unit.table(Payments.class).creationTime(order, unit.now());
    Payment payment = Payment.processing(order, null, createdAt, unit.now());
    add(unit, payment);
    payment.deadlineUsed(order.usedMs());
    if (screening != null) {
      payment.screened(Conclusion.judged(unit, payment, screening));
    }
    payment.decline(new Failure(refusal.code(), refusal.detail(), null), unit.now());
    unit.table(PaymentEvents.class).add(payment);
    return payment;
  }

  private void add(UnitOfWork unit, Payment payment) {
    unit.table(Payments.class).add(payment);
    if (ownKey) {
      unit.table(IdempotencyKeys.class)
          .claim(order.request(), order.id(), unit.now().plus(order.deadline().remaining()));
    }
  }
}
