package io.quittance.payment.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a payment stands. The last five are terminal. */
public enum PaymentStatus {
  PROCESSING,
  IN_REVIEW,
  AUTHORIZED,
  SUCCEEDED,
  DECLINED,
  FAILED,
  CANCELED,
  EXPIRED;

  /**
   * The ends of payments that did not come about, in SQL. Their references are free again, which
   * the unique index on references says in the same words.
   */
  public static final String UNSUCCESSFUL = "('declined', 'failed', 'canceled', 'expired')";

  /** Whether a payment has ended so that it did not come about. */
  public boolean unsuccessful() {
    return this == DECLINED || this == FAILED || this == CANCELED || this == EXPIRED;
  }

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static PaymentStatus from(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
