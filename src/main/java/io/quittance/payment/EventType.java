package io.quittance.payment;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.web.InvalidInputException;
import java.util.List;
import java.util.Locale;

/** What can be told of a payment, of batches of them, and of webhooks themselves. */
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
  /** A batch has come to rest. */
  PAYMENT_BATCH_ENDED("payment_batch.ended"),
  /** A merchant tries an endpoint out. */
  WEBHOOK_TEST,
  /** An endpoint takes no more events; told to the others. */
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

  /** The type of this name; throws {@link IllegalArgumentException} if there is none. */
  public static EventType from(String text) {
    return InvalidInputException.oneOf(List.of(values()), EventType::text, text);
  }
}
