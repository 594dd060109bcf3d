package io.quittance.idempotency;

import java.util.UUID;
import java.util.function.Supplier;

/**
 * A request under its idempotency key.
 *
 * @param operation method and path, with a space between them
 * @param fingerprint of its body, see {@link Fingerprints}
 * @param former its fingerprint in the old format, which is still compared and no longer written
 */
public record KeyedRequest(
    UUID merchantId, String operation, String key, String fingerprint, Supplier<String> former) {

  /** A request that no earlier version can have recorded. */
  public KeyedRequest(UUID merchantId, String operation, String key, String fingerprint) {
    this(merchantId, operation, key, fingerprint, () -> fingerprint);
  }

  /** What must be unique. */
  public record Id(UUID merchantId, String operation, String key) {}

  public Id id() {
    return new Id(merchantId, operation, key);
  }

  /** The path of its operation. */
  String path() {
    return operation.substring(operation.indexOf(' ') + 1);
  }

  /** Whether a recorded fingerprint is that of this request's body. */
  boolean hasBodyOf(String recorded) {
    return fingerprint.equals(recorded) || former.get().equals(recorded);
  }
}
