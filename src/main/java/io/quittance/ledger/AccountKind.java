package io.quittance.ledger;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether the balance has a lower limit. */
public enum AccountKind {
  STANDARD,
  EXTERNAL;

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static AccountKind from(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
