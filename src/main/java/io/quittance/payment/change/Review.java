package io.quittance.payment.change;

import io.quittance.audit.AuditEntry;
import io.quittance.audit.AuditTable;
import io.quittance.identity.Origin;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import io.quittance.ledger.Refusal;
import io.quittance.payment.model.Approval;
import io.quittance.payment.model.Failure;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentStatus;
import io.quittance.payment.model.PaymentTerms;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A person's decision on a payment in review. */
record Review(UUID paymentId, boolean approve, @Nullable String reason, Origin origin)
    implements PaymentAction<Payment> {

  @Override
  public String name() {
    return "review";
  }

  @Override
  public UUID objectId() {
    return paymentId;
  }

  @Override
  public Optional<Refusal> refusal(UnitOfWork unit, Payment payment) {
    return payment.status() == PaymentStatus.IN_REVIEW
        ? Optional.empty()
        : PaymentAction.invalidState(payment, "a payment in review can be approved or declined");
  }

  @Override
  public Payment apply(UnitOfWork unit, Payment payment) {
    unit.table(AuditTable.class).add(audited(payment));
    if (approve) {
      Approval.postOrKeepHold(unit, payment);
    } else {
      PaymentTerms terms = payment.terms();
      unit.table(Books.class).release(terms.merchantId(), terms.requireHold(), unit.now());
      payment.decline(declined(), unit.now());
    }
    return payment;
  }

  private AuditEntry audited(Payment payment) {
    return AuditEntry.of(
        payment.terms().merchantId(),
        origin,
        approve ? "payment.review_approved" : "payment.review_declined",
        TypeId.format("pay", paymentId),
        reason == null ? Map.of() : Map.of("reason", reason));
  }

  private Failure declined() {
    String detail = reason == null ? "A reviewer declined the payment." : reason;
    return new Failure(ProblemCode.FRAUD_DECLINED, detail, null);
  }
}
