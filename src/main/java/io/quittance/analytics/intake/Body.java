package io.quittance.analytics.intake;

import io.quittance.analytics.event.ParsedBody;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A body that has been read.
 *
 * @param key under which it counts once; null: it counts each time it is sent
 * @param bytes of memory that it takes, about
 */
public record Body(UUID merchantId, ParsedBody content, @Nullable Key key, int bytes) {

  /** An idempotency key, and a fingerprint of what was sent under it. */
  public record Key(String text, String fingerprint) {

    /** What is said when it was used for another body. */
    public Problem reused() {
      return Problem.of(
          ProblemCode.IDEMPOTENCY_KEY_REUSED,
          "This Idempotency-Key was used with another body; send a new key.");
    }
  }
}
