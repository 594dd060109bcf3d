package io.quittance.payment.change;

import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Refusal;
import io.quittance.payment.model.Payment;
import io.quittance.web.ProblemCode;
import java.util.Optional;
import java.util.UUID;

/**
 * What a merchant can do to a payment that exists. Runs on the journal's thread, under the locks of
 * both accounts: it decides, and changes in memory.
 *
 * @param <R> what it makes
 */
sealed interface PaymentAction<R> permits Capture, Cancel, Refund, Review, Describe {

  /** Names the scope that it is carried out in. */
  String name();

  /** What an idempotency key stands for once this was done under it. */
  UUID objectId();

  /** Why it cannot be done to the payment as it is; empty when it can. */
  Optional<Refusal> refusal(UnitOfWork unit, Payment payment);

  /** Does it. Only if there is no {@link #refusal}. */
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
