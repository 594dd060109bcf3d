package io.quittance.journal;

import java.util.Arrays;
import java.util.UUID;

/**
 * A request under its idempotency key.
 *
 * @param operation method and path
 * @param fingerprint SHA-256 of the canonical JSON body
 */
public record KeyedRequest(UUID merchantId, String operation, String key, byte[] fingerprint) {

  /** What must be unique. */
  public record Id(UUID merchantId, String operation, String key) {}

  public Id id() {
    return new Id(merchantId, operation, key);
  }

  boolean sameBody(byte[] other) {
    return Arrays.equals(fingerprint, other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyedRequest that && id().equals(that.id()) && sameBody(that.fingerprint);
  }

  @Override
  public int hashCode() {
    return id().hashCode();
  }

  @Override
  public String toString() {
    return "KeyedRequest" + id();
  }
}
