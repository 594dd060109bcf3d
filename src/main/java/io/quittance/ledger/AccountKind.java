package io.quittance.ledger;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether the balance has a floor. */
enum AccountKind {
  STANDARD,
  EXTERNAL;

  @JsonValue
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static AccountKind from(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
