package io.quittance.access;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.RememberedLookup;
import io.quittance.database.ReservedConnection;
import jakarta.annotation.PreDestroy;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Finds the owner of a key, by a {@link RememberedLookup}, so a revocation takes effect within its
 * time to live on every replica. Thread-safe.
 *
 * <p>A key is looked up by its SHA-256 in an index. The time of the look-up may reveal how many
 * bytes of a hash match a stored one. That does not help an attacker: a text whose hash has a given
 * prefix is only found by trying, and a secret has 256 random bits. So no constant-time comparison
 * is needed.
 *
 * <p>Keys that were valid recently have their own queue and cache. So a flood of invalid keys
 * delays only other unknown keys.
 */
@Component
final class Authenticator {

  /** Keys and sessions are read from the same tables. */
  private static final String KIND = "keys";

  private final AccessProperties.Keys settings;
  private final KnownKeys known;
  private final RememberedLookup<ByteBuffer, Optional<Identity>> familiar;
  private final RememberedLookup<ByteBuffer, Optional<Identity>> strange;

  @Autowired
  Authenticator(
      StoredKeys stored,
      WarmUpKey warmUp,
      KnownKeys known,
      AccessProperties properties,
      MeterRegistry registry) {
    this(hashes -> warmUp.with(stored.find(hashes), hashes), known, properties, registry);
  }

  Authenticator(
      Function<List<ByteBuffer>, Map<ByteBuffer, Identity>> stored,
      KnownKeys known,
      AccessProperties properties,
      MeterRegistry registry) {
    this.known = known;
    this.settings = properties.access();
    this.familiar = identities("keys", stored, settings, registry);
    this.strange = identities("new-keys", stored, settings, registry);
  }

  /** The identities of hashes; empty for one that is unknown or has ended. */
  static RememberedLookup<ByteBuffer, Optional<Identity>> identities(
      String name,
      Function<List<ByteBuffer>, Map<ByteBuffer, Identity>> stored,
      AccessProperties.Keys settings,
      MeterRegistry registry) {
    return new RememberedLookup<>(
        name,
        RememberedLookup.finding(ReservedConnection.of(KIND, stored)),
        settings.cacheSize(),
        settings.cacheTtl(),
        registry);
  }

  /** The identity of a key; empty if it is unknown, revoked or expired. */
  Optional<Identity> authenticate(Secret secret) throws InterruptedException {
    var deadline = Deadline.after(settings.timeout());
    var hash = ByteBuffer.wrap(secret.hash());
    Optional<Identity> identity = (known.contains(hash) ? familiar : strange).get(hash, deadline);
    identity.ifPresentOrElse(
        found -> known.remember(hash, found.merchantId()), () -> known.forget(hash));
    return identity;
  }

  /** Looks a merchant's keys up again when they are next used. */
  void forget(UUID merchantId) {
    familiar.forgetIf(of(merchantId));
    strange.forgetIf(of(merchantId));
  }

  static Predicate<Optional<Identity>> of(UUID merchantId) {
    return found -> found.map(Identity::merchantId).filter(merchantId::equals).isPresent();
  }

  @PreDestroy
  void close() {
    familiar.close();
    strange.close();
  }
}
