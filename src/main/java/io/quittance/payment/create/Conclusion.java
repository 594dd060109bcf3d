package io.quittance.payment.create;

import io.quittance.fraud.PayerHistory;
import io.quittance.fraud.Screening;
import io.quittance.fraud.Verdict;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import io.quittance.payment.event.PaymentEvents;
import io.quittance.payment.model.Approval;
import io.quittance.payment.model.Failure;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.PaymentTerms;
import io.quittance.payment.model.Payments;
import java.time.Duration;
import java.time.Instant;

/**
 * Concludes a payment by its screening: in the transaction that begins it if screening has answered
 * by then ({@link BeginPayment}), otherwise in its own ({@link ApplyVerdict}).
 */
final class Conclusion {

  private Conclusion() {}

  /** Applies the verdict: posts the hold, keeps it or releases it. */
  static void apply(UnitOfWork unit, Payment payment, Screening screening, PaymentOrder order) {
    var books = unit.table(Books.class);
    Instant now = unit.now();
    Verdict verdict = judged(unit, payment, screening);
    payment.deadlineUsed(order.usedMs());
    payment.screened(verdict);
    switch (verdict.decision()) {
      case DECLINE -> {
        books.release(order.merchantId(), order.holdId(), now);
        payment.decline(Failure.fraudDeclined(), now);
      }
      case REVIEW -> {
        books.extend(order.merchantId(), order.holdId(), payment.holdExpiry(now));
        payment.sendToReview(now);
      }
      case APPROVE -> Approval.postOrKeepHold(unit, payment);
    }
    unit.table(PaymentEvents.class).add(payment);
  }

  /** The verdict on the payment, given its payer's history as it is under the lock. */
  static Verdict judged(UnitOfWork unit, Payment payment, Screening screening) {
    return screening.judge(history(unit, payment, screening));
  }

  private static PayerHistory history(UnitOfWork unit, Payment payment, Screening screening) {
    PaymentTerms terms = payment.terms();
    Instant openedAt =
        unit.table(Books.class).openedAt(terms.merchantId(), terms.payer()).orElseThrow();
    return new PayerHistory(
        unit.table(Payments.class).past(payment, screening.windows()),
        Duration.between(openedAt, unit.now()));
  }
}
