package io.quittance.payment.model;

import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import java.time.Instant;
import java.util.Objects;

/** What happens to the hold of a payment that screening or a reviewer approves. */
public final class Approval {

  private Approval() {}

  /** Posts the hold of an automatic payment; keeps the hold of a manual one for its capture. */
  public static void postOrKeepHold(UnitOfWork unit, Payment payment) {
    var books = unit.table(Books.class);
    PaymentTerms terms = payment.terms();
    var holdId = terms.requireHold();
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
