package io.quittance.fraud;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/**
 * The result of screening a payment.
 *
 * @param score 0 (harmless) to 100
 * @param reasons the ids of the rules that fired, or what the remote service gave
 */
public record Verdict(Decision decision, int score, List<String> reasons, Source source) {

  /** The decision on the payment. */
  public enum Decision {
    APPROVE,
    REVIEW,
    DECLINE;

    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Decision from(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  /** The origin of the verdict. */
  public enum Source {
    RULES,
    REMOTE,
    FALLBACK;

    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Source from(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }
  }
}
