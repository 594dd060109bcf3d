package io.quittance.payment.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The status of a payment. The last five are final. */
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
   * The final statuses of unsuccessful payments, in SQL. Their references are free again; the
   * unique index on references has the same condition.
   */
  public static final String UNSUCCESSFUL = "('declined', 'failed', 'canceled', 'expired')";

  /** Whether a payment with this status has ended without success. */
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
