package io.quittance.analytics.intake;

import io.quittance.analytics.event.ParsedBody;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A body that has been read.
 *
 * @param key under which it counts once; null: it counts each time it is sent
 * @param bytes of memory that it takes, about
 */
record Body(UUID merchantId, ParsedBody content, @Nullable Key key, int bytes) {

  /** An idempotency key, and a fingerprint of what was sent under it. */
  record Key(String text, String fingerprint) {}
}
