package io.quittance.idempotency;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A request with its idempotency key, or other work that runs at most once.
 *
 * @param operation what the key is for; each operation has keys of its own. It is the request's
 *     method and path ({@code POST /v1/payments}); or an action and its payment ({@code capture
 *     pay_…}), the batch of an item ({@code item of bat_…}), or the name of other work ({@code demo
 *     data})
 * @param fingerprint the fingerprint of its body, see {@link Fingerprints}
 * @param former its fingerprint in the former format, which is still compared but no longer written
 * @param onBlocked called when its command has to wait for a lock; must not throw
 */
public record KeyedRequest(
    UUID merchantId,
    String operation,
    String key,
    String fingerprint,
    Supplier<String> former,
    Runnable onBlocked) {

  /** A request that no earlier version can have recorded, and that no other replica repeats. */
  public KeyedRequest(UUID merchantId, String operation, String key, String fingerprint) {
    this(merchantId, operation, key, fingerprint, () -> fingerprint, () -> {});
  }

  /** The unique id of a key. */
  public record Id(UUID merchantId, String operation, String key) {

    /** From a row with the columns of a key. */
    static Id read(ResultSet rs) throws SQLException {
      return new Id(
          rs.getObject("merchant_id", UUID.class),
          rs.getString("operation"),
          rs.getString("idempotency_key"));
    }
  }

  public Id id() {
    return new Id(merchantId, operation, key);
  }

  /**
   * What follows the first space of its operation: the path, or a text that is not the path of a
   * route.
   */
  String path() {
    return operation.substring(operation.indexOf(' ') + 1);
  }

  /** Whether a stored fingerprint matches this request's body. */
  boolean hasBodyOf(String recorded) {
    return fingerprint.equals(recorded) || former.get().equals(recorded);
  }
}
