package io.quittance.payment.model;

import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import java.time.Instant;
import java.util.Objects;

/** What approval means, whether by screening or by a reviewer. */
public final class Approval {

  private Approval() {}

  /** Posts the hold of an automatic payment; keeps that of a manual one for its capture. */
  public static void postOrKeepHold(UnitOfWork unit, Payment payment) {
    var books = unit.table(Books.class);
    PaymentTerms terms = payment.terms();
    var holdId = Objects.requireNonNull(terms.holdId());
    Instant now = unit.now();
    if (terms.captureMethod() == CaptureMethod.AUTOMATIC) {
      books.post(terms.merchantId(), holdId, now);
      payment.succeed(now);
    } else {
      payment.authorize(now);
      books.extend(
          terms.merchantId(), holdId, Objects.requireNonNull(payment.timestamps().expiresAt()));
    }
  }
}
