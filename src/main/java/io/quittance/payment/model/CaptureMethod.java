package io.quittance.payment.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether an approved payment is captured at once or by a separate request. */
public enum CaptureMethod {
  AUTOMATIC,
  MANUAL;

  @JsonValue
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static CaptureMethod from(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
