package io.quittance.payment.change;

import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Refusal;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.Payments;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the description or metadata of a payment. Moves no money, and adds no event.
 *
 * @param description null: stays as it is; blank: none from now on
 * @param metadataJson null: stays as it is
 */
record Describe(UUID paymentId, @Nullable String description, @Nullable String metadataJson)
    implements PaymentAction<Payment> {

  @Override
  public String name() {
    return "describe";
  }

  @Override
  public UUID objectId() {
    return paymentId;
  }

  @Override
  public long weight() {
    return metadataJson == null ? 0 : metadataJson.length();
  }

  @Override
  public Optional<Refusal> refusal(UnitOfWork unit, Payment payment) {
    return Optional.empty();
  }

  @Override
  public Payment apply(UnitOfWork unit, Payment payment) {
    PaymentOrder.Texts before = payment.terms().texts();
    payment.describe(
        description == null ? before.description() : description.isBlank() ? null : description,
        metadataJson == null ? before.metadataJson() : metadataJson);
    unit.table(Payments.class).described(payment);
    return payment;
  }
}
