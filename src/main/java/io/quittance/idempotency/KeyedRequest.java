package io.quittance.idempotency;

import java.util.UUID;
import java.util.function.Supplier;

/**
 * A request with its idempotency key.
 *
 * @param operation method and path, with a space between them
 * @param fingerprint the fingerprint of its body, see {@link Fingerprints}
 * @param former its fingerprint in the former format, which is still compared but no longer written
 */
public record KeyedRequest(
    UUID merchantId, String operation, String key, String fingerprint, Supplier<String> former) {

  /** A request that no earlier version can have recorded. */
  public KeyedRequest(UUID merchantId, String operation, String key, String fingerprint) {
    this(merchantId, operation, key, fingerprint, () -> fingerprint);
  }

  /** The unique id of a key. */
  public record Id(UUID merchantId, String operation, String key) {}

  public Id id() {
    return new Id(merchantId, operation, key);
  }

  /** The path of its operation. */
  String path() {
    return operation.substring(operation.indexOf(' ') + 1);
  }

  /** Whether a stored fingerprint matches this request's body. */
  boolean hasBodyOf(String recorded) {
    return fingerprint.equals(recorded) || former.get().equals(recorded);
  }
}
