package io.quittance.ledger;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What an account takes part in. */
public enum AccountStatus {
  OPEN,
  /** What was begun goes on; nothing is begun. */
  FROZEN,
  /** For good, and empty. */
  CLOSED;

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static AccountStatus from(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
