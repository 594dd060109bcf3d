package io.quittance.payment.change;

import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Refusal;
import io.quittance.payment.model.Payment;
import io.quittance.web.ProblemCode;
import java.util.Optional;
import java.util.UUID;

/**
 * An action of a merchant on an existing payment. It runs on the journal's thread, under the locks
 * of both accounts, and decides and changes in memory only.
 *
 * @param <R> the object that it creates
 */
sealed interface PaymentAction<R> permits Capture, Cancel, Refund, Review, Describe {

  /** The name of its scope. */
  String name();

  /** The id that is stored under the idempotency key. */
  UUID objectId();

  /** As of {@link io.quittance.journal.Command#weight}, besides the payment's own texts. */
  default long weight() {
    return 0;
  }

  /** Why the payment does not allow it now; empty if it does. */
  Optional<Refusal> refusal(UnitOfWork unit, Payment payment);

  /** Carries it out. Must be called only if there is no {@link #refusal}. */
  R apply(UnitOfWork unit, Payment payment);

  /**
   * The payment's state does not allow it.
   *
   * @param allowed which payments it is allowed for, as a part of a sentence
   */
  static Optional<Refusal> invalidState(Payment payment, String allowed) {
    return Optional.of(
        new Refusal(
            ProblemCode.INVALID_STATE,
            "The payment's status is %s; only %s.".formatted(payment.status().text(), allowed)));
  }
}
