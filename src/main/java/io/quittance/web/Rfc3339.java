package io.quittance.web;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The one way in which times of requests are read, in bodies and in queries: RFC 3339 with seconds,
 * any offset, and years from 1 to 9999 in UTC, which every database has.
 */
public final class Rfc3339 {

  /** What a time must be. */
  public static final String RULE =
      "must be an RFC 3339 time in the years 1 to 9999, such as 2026-01-31T12:00:00Z";

  private static final int YEAR_MAX = 9999;

  private static final Pattern FORM =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})",
          Pattern.CASE_INSENSITIVE);

  private Rfc3339() {}

  /**
   * The instant in a text.
   *
   * @throws IllegalArgumentException with what the text must be
   */
  public static Instant parse(String text) {
    try {
      if (FORM.matcher(text).matches()) {
        Instant instant = OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
        int year = instant.atOffset(ZoneOffset.UTC).getYear();
        if (year >= 1 && year <= YEAR_MAX) {
          return instant;
        }
      }
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(RULE, e);
    }
    throw new IllegalArgumentException(RULE);
  }
}
