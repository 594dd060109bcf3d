package io.quittance.web;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Instants in queries, after RFC 3339: {@code 2026-11-24T12:00:00Z}, with any offset. */
public final class TimeParameter {

  private static final Pattern RFC_3339 =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\dt\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(z|[+-]\\d\\d:\\d\\d)",
          Pattern.CASE_INSENSITIVE);

  private TimeParameter() {}

  /** The instant; null if the parameter is not there. */
  public static @Nullable Instant of(String param, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      if (RFC_3339.matcher(text).matches()) {
        return OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
      }
    } catch (DateTimeException e) {
      throw malformed(param);
    }
    throw malformed(param);
  }

  private static Problem malformed(String param) {
    return Problem.invalid(
        ProblemCode.INVALID_REQUEST,
        param,
        "must be a time after RFC 3339, such as 2026-11-24T12:00:00Z (a + is written %2B in a URL)");
  }
}
