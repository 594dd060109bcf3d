package io.quittance.payment.create;

import io.quittance.fraud.PayerHistory;
import io.quittance.fraud.Screening;
import io.quittance.fraud.Verdict;
import io.quittance.journal.Batch;
import io.quittance.journal.Command;
import io.quittance.ledger.Books;
import io.quittance.payment.event.PaymentEvents;
import io.quittance.payment.model.Approval;
import io.quittance.payment.model.Failure;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.PaymentTerms;
import io.quittance.payment.model.Payments;
import io.quittance.payment.recover.Resolve;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/** Ends the processing of a payment that was begun in an earlier transaction. */
record ApplyVerdict(Payment begun, Screening screening, PaymentOrder order)
    implements Command<Payment> {

  @Override
  public UUID merchantId() {
    return order.merchantId();
  }

  @Override
  public Set<String> accounts() {
    return order.accounts();
  }

  @Override
  public boolean ofBatch() {
    return order.batchId() != null;
  }

  @Override
  public void prepare(Batch batch) {
    var books = batch.table(Books.class);
    books.request(order.merchantId(), order.holdId());
    var payments = batch.table(Payments.class);
    payments.request(order.merchantId(), order.id());
    payments.requestPast(begun, screening.windows());
  }

  /** The payment as it is now: concluded here, or by another command before. */
  @Override
  public Payment decide(Batch batch) {
    var payments = batch.table(Payments.class);
    Payment payment = payments.find(order.merchantId(), order.id()).orElseThrow();
    Resolve.ifOverdue(batch, payment);
    if (!payment.concluded()) {
      payments.changed(payment);
      conclude(batch, payment, screening, order);
    }
    return payment;
  }

  /** Draws the conclusion from the verdict: post the hold, keep it, or give it back. */
  static void conclude(Batch batch, Payment payment, Screening screening, PaymentOrder order) {
    var books = batch.table(Books.class);
    Instant now = batch.now();
    Verdict verdict = judged(batch, payment, screening);
    payment.used(order.usedMs());
    payment.screened(verdict);
    switch (verdict.decision()) {
      case DECLINE -> {
        books.release(order.merchantId(), order.holdId(), now);
        payment.decline(Failure.fraudDeclined(), now);
      }
      case REVIEW -> {
        books.extend(order.merchantId(), order.holdId(), payment.holdExpiry(now));
        payment.park(now);
      }
      case APPROVE -> Approval.apply(batch, payment);
    }
    batch.table(PaymentEvents.class).add(payment);
  }

  /** What screening makes of the payment, given its payer's past as it is under the lock. */
  static Verdict judged(Batch batch, Payment payment, Screening screening) {
    return screening.judge(history(batch, payment, screening));
  }

  private static PayerHistory history(Batch batch, Payment payment, Screening screening) {
    PaymentTerms terms = payment.terms();
    Instant openedAt =
        batch.table(Books.class).openedAt(terms.merchantId(), terms.payer()).orElseThrow();
    return new PayerHistory(
        batch.table(Payments.class).past(payment, screening.windows()),
        Duration.between(openedAt, batch.now()));
  }
}
