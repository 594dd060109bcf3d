package io.quittance.journal;

import java.util.UUID;

/**
 * A request under its idempotency key.
 *
 * @param operation method and path
 * @param fingerprint SHA-256 of the canonical JSON body, in base64
 */
public record KeyedRequest(UUID merchantId, String operation, String key, String fingerprint) {

  /** What must be unique. */
  public record Id(UUID merchantId, String operation, String key) {}

  public Id id() {
    return new Id(merchantId, operation, key);
  }
}
