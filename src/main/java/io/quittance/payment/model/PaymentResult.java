package io.quittance.payment.model;

import io.quittance.web.Problem;
import java.time.Instant;

/** How the processing of a payment ended, as far as its caller is concerned. */
public sealed interface PaymentResult {

  /** It was decided, and committed: succeeded, authorized, in review, or come to nothing. */
  record Concluded(Payment payment) implements PaymentResult {}

  /** No payment was made, and none will be under this key. */
  record Refused(Problem problem) implements PaymentResult {}

  /** Nothing was begun, and the key is still free. */
  record NotBegun(Problem problem) implements PaymentResult {}

  /** The database cannot say yet; by then the payment has its end, or there never was one. */
  record Unknown(PaymentOrder order, Instant resolvesBy) implements PaymentResult {}
}
