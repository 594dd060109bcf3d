package io.quittance.payment.change;

import io.quittance.concurrency.Deadline;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import io.quittance.ledger.Refusal;
import io.quittance.ledger.TransferOrder;
import io.quittance.money.Money;
import io.quittance.payment.model.Movement;
import io.quittance.payment.model.Movements;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentTerms;
import io.quittance.payment.model.Refunded;
import io.quittance.web.ProblemCode;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Moves captured money back to the payer, out of the payee's available funds.
 *
 * @param asked the requested amount in minor units; null: all that was captured and not refunded
 *     yet
 */
record Refund(
    UUID id, UUID transferId, @Nullable Long asked, @Nullable String reason, Deadline deadline)
    implements PaymentAction<Refunded> {

  @Override
  public String name() {
    return "refund";
  }

  @Override
  public UUID objectId() {
    return id;
  }

  @Override
  public Optional<Refusal> refusal(UnitOfWork unit, Payment payment) {
    if (payment.amountCaptured() == 0) {
      return PaymentAction.invalidState(payment, "a captured payment can be refunded");
    }
    if (amount(payment) > payment.amountRefundable() || payment.amountRefundable() == 0) {
      return Optional.of(
          new Refusal(
              ProblemCode.AMOUNT_EXCEEDS_REFUNDABLE,
              payment.amountRefundable() == 0
                  ? "The payment is refunded already; nothing is left to refund."
                  : "`amount` must be at most %d minor units, which can still be refunded."
                      .formatted(payment.amountRefundable())));
    }
    return unit.table(Books.class).refusalOfReturn(order(payment));
  }

  @Override
  public Refunded apply(UnitOfWork unit, Payment payment) {
    unit.table(Books.class).move(order(payment), unit.now());
    var refunded =
        new Refunded(
            new Movement(
                payment.terms().merchantId(),
                id,
                payment.terms().id(),
                transferId,
                money(payment),
                (int) deadline.granted().toMillis(),
                (int) deadline.used().toMillis(),
                unit.now()),
            reason);
    payment.refund(refunded, unit.now());
    unit.table(Movements.class).add(refunded);
    return refunded;
  }

  private long amount(Payment payment) {
    return asked == null ? payment.amountRefundable() : asked;
  }

  private Money money(Payment payment) {
    return new Money(amount(payment), payment.terms().money().currency());
  }

  private TransferOrder order(Payment payment) {
    PaymentTerms terms = payment.terms();
    return new TransferOrder(
        terms.merchantId(),
        transferId,
        terms.payee(),
        terms.payer(),
        money(payment),
        terms.id(),
        terms.texts().reference(),
        "{}");
  }
}
