package io.quittance.payment.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a payment's first status is stored: as the HTTP status of the first response, which replicas
 * of all versions read.
 */
final class StoredAnswer {

  private static final int CARRIED_OUT = 201;
  private static final int IN_REVIEW = 202;
  private static final int DECLINED = 402;

  private StoredAnswer() {}

  /** Null while the payment is processing. */
  static @Nullable Integer of(Payment.Stored payment) {
    return switch (payment.firstStatus()) {
      case null -> null;
      case SUCCEEDED, AUTHORIZED -> CARRIED_OUT;
      case IN_REVIEW -> IN_REVIEW;
      case DECLINED, FAILED -> Objects.requireNonNull(payment.failure()).problem().code().status();
      case PROCESSING, CANCELED, EXPIRED ->
          throw new IllegalStateException("the first status is " + payment.firstStatus());
    };
  }

  /**
   * @param stored 0: none
   */
  static @Nullable PaymentStatus read(int stored, CaptureMethod captureMethod) {
    return switch (stored) {
      case 0 -> null;
      case CARRIED_OUT ->
          captureMethod == CaptureMethod.AUTOMATIC
              ? PaymentStatus.SUCCEEDED
              : PaymentStatus.AUTHORIZED;
      case IN_REVIEW -> PaymentStatus.IN_REVIEW;
      case DECLINED -> PaymentStatus.DECLINED;
      default -> PaymentStatus.FAILED;
    };
  }
}
