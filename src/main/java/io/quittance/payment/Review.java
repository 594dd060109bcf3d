package io.quittance.payment;

import io.quittance.journal.Batch;
import io.quittance.journal.Command;
import io.quittance.ledger.Books;
import io.quittance.web.ProblemCode;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A person's decision on a payment that screening wanted looked at. */
record Review(Payment parked, boolean approve, @Nullable String reason)
    implements Command<Review.Result> {

  /**
   * What came of it.
   *
   * @param payment as it is now
   * @param done whether this review made it so
   */
  record Result(Payment payment, boolean done) {}

  @Override
  public void prepare(Batch batch) {
    Payment.Terms terms = parked.terms();
    var books = batch.table(Books.class);
    books.want(terms.merchantId(), terms.payer(), terms.payee());
    if (terms.holdId() != null) {
      books.want(terms.merchantId(), terms.holdId());
    }
    batch.table(Payments.class).want(terms.merchantId(), terms.id());
  }

  @Override
  public Result decide(Batch batch) {
    UUID merchantId = parked.terms().merchantId();
    Payment payment =
        batch.table(Payments.class).find(merchantId, parked.terms().id()).orElseThrow();
    if (payment.status() != PaymentStatus.IN_REVIEW) {
      return new Result(payment, false);
    }
    UUID holdId = Objects.requireNonNull(payment.terms().holdId());
    Instant now = batch.now();
    if (!batch.table(Books.class).postable(merchantId, holdId, now)) {
      return new Result(payment, false);
    }
    if (approve) {
      Approval.apply(batch, payment);
    } else {
      batch.table(Books.class).release(merchantId, holdId, now);
      payment.decline(declined(), now);
    }
    batch.table(Payments.class).changed(payment);
    batch.table(PaymentEvents.class).add(payment.news());
    return new Result(payment, true);
  }

  private Failure declined() {
    String detail = reason == null ? "A reviewer declined the payment." : reason;
    return new Failure(ProblemCode.FRAUD_DECLINED, detail, null);
  }
}
