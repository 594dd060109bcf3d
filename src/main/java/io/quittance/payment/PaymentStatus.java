package io.quittance.payment;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a payment stands. The last five are terminal. */
enum PaymentStatus {
  PROCESSING,
  IN_REVIEW,
  AUTHORIZED,
  SUCCEEDED,
  DECLINED,
  FAILED,
  CANCELED,
  EXPIRED;

  @JsonValue
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static PaymentStatus from(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
