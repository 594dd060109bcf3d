package io.quittance.analytics.intake;

import io.quittance.analytics.event.ParsedBody;
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
  public record Key(String text, String fingerprint) {}
}
