package io.quittance.access;

import io.quittance.identity.Caller;
import io.quittance.identity.Origin;
import io.quittance.identity.RateLimit;
import io.quittance.identity.Scope;
import io.quittance.identity.Terms;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * A key with which the service sends requests to itself before it is ready. It reads payments of a
 * merchant that does not exist, is kept in memory only, and is valid from its first use until it is
 * withdrawn. Thread-safe.
 */
@Component
public final class WarmUpKey {

  /** More than are ever sent. */
  private static final RateLimit UNLIMITED = new RateLimit(1_000_000, 1_000_000);

  private static final int DEADLINE_MAX_MS = (int) Duration.ofSeconds(30).toMillis();

  private final Identity identity =
      new Identity(
          UUID.randomUUID(),
          UUID.randomUUID(),
          Origin.SYSTEM.actor(),
          EnumSet.of(Scope.PAYMENTS_READ),
          new Terms(true, DEADLINE_MAX_MS, UNLIMITED),
          null);

  private @Nullable Secret secret;
  private boolean withdrawn;

  /**
   * What follows {@code Bearer}.
   *
   * @throws IllegalStateException the key was withdrawn
   */
  public synchronized String text() {
    if (withdrawn) {
      throw new IllegalStateException("the key was withdrawn");
    }
    if (secret == null) {
      secret = Secret.random();
    }
    return secret.text();
  }

  /** Whether a request was made with this key. */
  boolean isOf(Caller caller) {
    return caller.merchantId().equals(identity.merchantId());
  }

  /** Ends the key for good; it may be remembered for as long as any other that is revoked. */
  public synchronized void withdraw() {
    withdrawn = true;
    secret = null;
  }

  /** Adds this key to those that were found in the database, if it is asked for. */
  synchronized Map<ByteBuffer, Identity> with(
      Map<ByteBuffer, Identity> found, List<ByteBuffer> hashes) {
    if (secret == null) {
      return found;
    }
    var hash = ByteBuffer.wrap(secret.hash());
    if (!hashes.contains(hash)) {
      return found;
    }
    var all = new HashMap<>(found);
    all.put(hash, identity);
    return all;
  }
}
