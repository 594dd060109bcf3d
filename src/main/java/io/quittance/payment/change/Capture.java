package io.quittance.payment.change;

import io.quittance.concurrency.Deadline;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import io.quittance.ledger.Refusal;
import io.quittance.ledger.TransferOrder;
import io.quittance.money.Money;
import io.quittance.payment.model.Captured;
import io.quittance.payment.model.Movement;
import io.quittance.payment.model.Movements;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentStatus;
import io.quittance.payment.model.PaymentTerms;
import io.quittance.web.ProblemCode;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Moves held funds to the payee: all that is left, or part of it.
 *
 * @param transferId the id of the transfer that moves a part while the hold continues
 * @param asked the requested amount in minor units; null: all that is left
 * @param last whether the rest of the hold is released
 */
record Capture(UUID id, UUID transferId, @Nullable Long asked, boolean last, Deadline deadline)
    implements PaymentAction<Captured> {

  @Override
  public String name() {
    return "capture";
  }

  @Override
  public UUID objectId() {
    return id;
  }

  @Override
  public Optional<Refusal> refusal(UnitOfWork unit, Payment payment) {
    if (payment.status() != PaymentStatus.AUTHORIZED) {
      return PaymentAction.invalidState(payment, "an authorized payment can be captured");
    }
    return asked != null && asked > payment.amountCapturable()
        ? Optional.of(
            new Refusal(
                ProblemCode.AMOUNT_EXCEEDS_CAPTURABLE,
                "`amount` must be at most %d minor units, which can still be captured."
                    .formatted(payment.amountCapturable())))
        : Optional.empty();
  }

  @Override
  public Captured apply(UnitOfWork unit, Payment payment) {
    PaymentTerms terms = payment.terms();
    UUID holdId = terms.requireHold();
    Instant now = unit.now();
    long amount = asked == null ? payment.amountCapturable() : asked;
    boolean ends = last || amount == payment.amountCapturable();
    if (ends) {
      unit.table(Books.class).postPart(terms.merchantId(), holdId, amount, now);
    } else {
      unit.table(Books.class).capture(holdId, part(terms, amount), now);
    }
    payment.capture(amount, ends, now);
    var captured =
        new Captured(
            new Movement(
                terms.merchantId(),
                id,
                terms.id(),
                ends ? holdId : transferId,
                new Money(amount, terms.money().currency()),
                (int) deadline.granted().toMillis(),
                (int) deadline.used().toMillis(),
                now),
            ends);
    unit.table(Movements.class).add(captured);
    return captured;
  }

  private TransferOrder part(PaymentTerms terms, long amount) {
    return new TransferOrder(
        terms.merchantId(),
        transferId,
        terms.payer(),
        terms.payee(),
        new Money(amount, terms.money().currency()),
        terms.id(),
        terms.texts().reference(),
        "{}");
  }
}
