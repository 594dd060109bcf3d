package io.quittance.payment;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.web.InvalidInputException;
import java.util.List;
import java.util.Locale;

/** The types of events, by the name that merchants see. */
public enum EventType {
  PAYMENT_AUTHORIZED,
  PAYMENT_SUCCEEDED,
  PAYMENT_DECLINED,
  PAYMENT_FAILED,
  PAYMENT_CANCELED,
  PAYMENT_EXPIRED,
  PAYMENT_IN_REVIEW,
  PAYMENT_CAPTURED,
  REFUND_SUCCEEDED,
  /** A batch has ended. */
  PAYMENT_BATCH_ENDED("payment_batch.ended"),
  /** A merchant tests an endpoint. */
  WEBHOOK_TEST,
  /** An endpoint was disabled; sent to the merchant's other endpoints. */
  WEBHOOK_ENDPOINT_DISABLED;

  private final String text;

  EventType() {
    this.text = name().toLowerCase(Locale.ROOT).replaceFirst("_", ".");
  }

  EventType(String text) {
    this.text = text;
  }

  @JsonValue
  public String text() {
    return text;
  }

  /** The type with this name; throws {@link IllegalArgumentException} if there is none. */
  public static EventType from(String text) {
    return InvalidInputException.oneOf(List.of(values()), EventType::text, text);
  }
}
