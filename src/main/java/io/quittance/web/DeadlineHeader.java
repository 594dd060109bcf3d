package io.quittance.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header Payment-Deadline-Ms: how long the caller waits. Controllers take it as a parameter.
 *
 * @param text as it was sent; null: not at all
 * @param arrivedNanos as {@link RequestContext#arrivedNanos}; deadlines count from here
 */
@FromHeaders(DeadlineHeader.NAME)
public record DeadlineHeader(@Nullable String text, long arrivedNanos) {

  /** The least that can be asked for, in milliseconds. */
  public static final int MIN_MS = 50;

  public static final String NAME = "Payment-Deadline-Ms";

  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  static DeadlineHeader of(HttpServletRequest request) {
    return new DeadlineHeader(request.getHeader(NAME), RequestContext.of(request).arrivedNanos());
  }

  /**
   * The milliseconds that are asked for.
   *
   * @param defaultMs if nothing is
   * @param where for the error: what follows the range in a sentence
   * @throws Problem 400 when it is not a number from {@link #MIN_MS} to {@code maxMs}
   */
  public int milliseconds(int defaultMs, int maxMs, String where) {
    if (text == null) {
      return defaultMs;
    }
    String number = text.strip();
    if (NUMBER.matcher(number).matches()) {
      int asked = Integer.parseInt(number);
      if (asked >= MIN_MS && asked <= maxMs) {
        return asked;
      }
    }
    throw Problem.of(
        ProblemCode.INVALID_DEADLINE,
        "%s must be a number of milliseconds from %d to %d%s."
            .formatted(NAME, MIN_MS, maxMs, where));
  }
}
