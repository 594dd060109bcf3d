package io.quittance.payment.batch.store;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How the items of a batch belong together. */
enum BatchMode {
  /** Each succeeds or fails by itself. */
  INDEPENDENT,
  /** All are paid, or none. */
  ATOMIC;

  @JsonValue
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static BatchMode from(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
