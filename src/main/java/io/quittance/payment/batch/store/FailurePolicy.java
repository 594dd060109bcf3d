package io.quittance.payment.batch.store;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What happens to the items that are not started when one was unsuccessful. */
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
