package io.quittance.journal;

import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header Idempotency-Key: 1 to 255 printable ASCII characters, bare or a quoted string. */
public record IdempotencyKey(String text) {

  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1,255}");
  private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\[\"\\\\])*)\"");
  private static final Pattern WAIT =
      Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*(\\d{1,4})(?:$|[,;\\s])");
  private static final int MAX_WAIT_SECONDS = 30;

  /**
   * Reads the header.
   *
   * @throws Problem 400 when it is missing or not of this form
   */
  public static IdempotencyKey parse(@Nullable String header) {
    if (header == null) {
      throw Problem.of(ProblemCode.IDEMPOTENCY_KEY_REQUIRED);
    }
    String text = header.strip();
    if (text.startsWith("\"")) {
      Matcher quoted = QUOTED.matcher(text);
      text = quoted.matches() ? quoted.group(1).replaceAll("\\\\(.)", "$1") : "";
    }
    if (!PRINTABLE.matcher(text).matches()) {
      throw Problem.of(
          ProblemCode.INVALID_IDEMPOTENCY_KEY,
          "A key has 1 to 255 printable ASCII characters, bare or in double quotes.");
    }
    return new IdempotencyKey(text);
  }

  /** What {@code Prefer: wait=N} asks for (RFC 7240), at most 30 seconds; else nothing. */
  public static Duration wait(@Nullable String prefer) {
    Matcher wait = WAIT.matcher(prefer == null ? "" : prefer);
    return wait.find()
        ? Duration.ofSeconds(Math.min(MAX_WAIT_SECONDS, Integer.parseInt(wait.group(1))))
        : Duration.ZERO;
  }
}
