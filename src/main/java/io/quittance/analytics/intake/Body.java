package io.quittance.analytics.intake;

import io.quittance.analytics.event.ParsedBody;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A parsed body.
 *
 * @param key under which it is counted once; null: it is counted each time it is sent
 * @param bytes the approximate memory that it takes
 */
public record Body(UUID merchantId, ParsedBody content, @Nullable Key key, int bytes) {

  /** An idempotency key, and a fingerprint of what was sent under it. */
  public record Key(String text, String fingerprint) {

    /** The problem if the key was used for another body. */
    public Problem reused() {
      return Problem.of(
          ProblemCode.IDEMPOTENCY_KEY_REUSED,
          "This Idempotency-Key was used with another body; send a new key.");
    }
  }
}
