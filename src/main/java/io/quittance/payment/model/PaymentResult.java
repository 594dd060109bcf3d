package io.quittance.payment.model;

import io.quittance.web.Problem;
import java.time.Instant;

/** The result of a payment for its caller. */
public sealed interface PaymentResult {

  /** The payment is committed: succeeded, authorized, in review, or unsuccessful. */
  record Concluded(Payment payment) implements PaymentResult {}

  /** No payment was made; the key stands for this refusal. */
  record Refused(Problem problem) implements PaymentResult {}

  /** Nothing was started, and it is not known whether the key is taken. */
  record NotBegun(Problem problem) implements PaymentResult {}

  /** The outcome is not known yet; by {@code resolvesBy} the payment has ended or never existed. */
  record Unknown(PaymentOrder order, Instant resolvesBy) implements PaymentResult {}
}
