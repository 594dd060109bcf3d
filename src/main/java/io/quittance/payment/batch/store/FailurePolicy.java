package io.quittance.payment.batch.store;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What becomes of the items that have not begun when one did not end well. */
public enum FailurePolicy {
  CONTINUE,
  STOP;

  @JsonValue
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static FailurePolicy from(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
