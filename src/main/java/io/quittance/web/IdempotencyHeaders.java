package io.quittance.web;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a request with an idempotency key: the key, and how its caller prefers to wait
 * (RFC 7240). Controllers take it as a parameter.
 *
 * @param key the header Idempotency-Key as sent; null: none
 * @param prefer the header Prefer; null: none
 */
@FromHeaders({IdempotencyHeaders.KEY, IdempotencyHeaders.PREFER})
public record IdempotencyHeaders(@Nullable String key, @Nullable String prefer) {

  public static final String KEY = "Idempotency-Key";
  public static final String REPLAYED = "Idempotent-Replayed";
  static final String PREFER = "Prefer";

  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1,255}");
  private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\[\"\\\\])*)\"");
  private static final Pattern WAIT =
      Pattern.compile(
          "(?:^|[,;\\s])wait\\s*=\\s*(\"?)(\\d+)\\1(?:$|[,;\\s])", Pattern.CASE_INSENSITIVE);
  private static final Pattern RESPOND_ASYNC =
      Pattern.compile("(?:^|[,;\\s])respond-async(?:$|[,;\\s])", Pattern.CASE_INSENSITIVE);
  private static final int MAX_WAIT_SECONDS = 30;
  private static final int DIGITS_MAX = 9;

  static IdempotencyHeaders of(HttpServletRequest request) {
    String prefer = request.getHeader(PREFER);
    return new IdempotencyHeaders(
        request.getHeader(KEY),
        prefer == null ? null : String.join(",", Collections.list(request.getHeaders(PREFER))));
  }

  /**
   * The key that was sent.
   *
   * @throws Problem 400 when there is none, or it is malformed
   */
  public String requireKey() {
    if (key == null) {
      throw Problem.of(ProblemCode.IDEMPOTENCY_KEY_REQUIRED);
    }
    return parseKey(key);
  }

  /**
   * The key in a header: 1 to 255 printable ASCII characters, bare or a quoted string.
   *
   * @throws Problem 400 when it is malformed
   */
  public static String parseKey(String header) {
    String text = header.strip();
    if (text.startsWith("\"")) {
      Matcher quoted = QUOTED.matcher(text);
      text = quoted.matches() ? quoted.group(1).replaceAll("\\\\(.)", "$1") : "";
    }
    if (!PRINTABLE.matcher(text).matches()) {
      throw Problem.of(
          ProblemCode.INVALID_IDEMPOTENCY_KEY,
          "The header Idempotency-Key must have 1 to 255 printable ASCII characters, bare or in double quotes.");
    }
    return text;
  }

  /** How long to wait for the same request, {@code wait=N}: at most 30 seconds, else not at all. */
  public Duration waitLimit() {
    if (prefer == null) {
      return Duration.ZERO;
    }
    Matcher wait = WAIT.matcher(prefer);
    return wait.find() ? Duration.ofSeconds(seconds(wait.group(2))) : Duration.ZERO;
  }

  private static int seconds(String digits) {
    return digits.length() > DIGITS_MAX
        ? MAX_WAIT_SECONDS
        : Math.min(MAX_WAIT_SECONDS, Integer.parseInt(digits));
  }

  /** Whether the caller does not want to wait for the end, {@code respond-async}. */
  public boolean respondAsync() {
    return prefer != null && RESPOND_ASYNC.matcher(prefer).find();
  }
}
