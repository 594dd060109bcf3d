package io.quittance.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header Payment-Deadline-Ms: how long the caller waits. Controllers take it as a parameter.
 *
 * @param text the value as sent; null: not sent
 * @param arrivedNanos as {@link RequestContext#arrivedNanos}; deadlines count from here
 */
@FromHeaders(DeadlineHeader.NAME)
public record DeadlineHeader(@Nullable String text, long arrivedNanos) {

  /** The shortest deadline, in milliseconds. */
  public static final int MIN_MS = 50;

  public static final String NAME = "Payment-Deadline-Ms";

  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  static DeadlineHeader of(HttpServletRequest request) {
    return new DeadlineHeader(request.getHeader(NAME), RequestContext.of(request).arrivedNanos());
  }

  /**
   * The requested milliseconds.
   *
   * @param defaultMs the value if there is no header
   * @param where a text that follows the range in the error
   * @throws Problem 400 when it is not a number from {@link #MIN_MS} to {@code maxMs}
   */
  public int milliseconds(int defaultMs, int maxMs, String where) {
    if (text == null) {
      return defaultMs;
    }
    OptionalInt asked = read(text);
    if (asked.isEmpty() || asked.getAsInt() > maxMs) {
      throw Problem.of(
          ProblemCode.INVALID_DEADLINE,
          "%s must be a whole number of milliseconds from %d to %d%s."
              .formatted(NAME, MIN_MS, maxMs, where));
    }
    return asked.getAsInt();
  }

  /** The milliseconds of a value as sent; empty unless it is a number from {@link #MIN_MS} on. */
  public static OptionalInt read(String text) {
    String number = text.strip();
    if (!NUMBER.matcher(number).matches()) {
      return OptionalInt.empty();
    }
    int milliseconds = Integer.parseInt(number);
    return milliseconds < MIN_MS ? OptionalInt.empty() : OptionalInt.of(milliseconds);
  }
}
