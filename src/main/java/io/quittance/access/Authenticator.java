package io.quittance.access;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.access.IdentityCache.Finder;
import io.quittance.concurrency.Deadline;
import jakarta.annotation.PreDestroy;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Finds whom a key belongs to, by an {@link IdentityCache}, so a revocation takes effect within its
 * time to live on every replica. Thread-safe.
 *
 * <p>A key is looked up by its SHA-256 in an index. How long that takes may tell how far a hash
 * agrees with a stored one, which helps nobody: a text with a wanted beginning of its hash is found
 * only by trying, and a secret has 256 random bits. So no comparison in constant time is needed.
 *
 * <p>Keys that were good lately have a queue and a memory of their own. However many wrong keys
 * arrive, they crowd out one another and not those.
 */
@Component
final class Authenticator {

  private final AccessProperties.Keys settings;
  private final KnownKeys known;
  private final IdentityCache familiar;
  private final IdentityCache strange;

  @Autowired
  Authenticator(
      StoredKeys stored, KnownKeys known, AccessProperties properties, MeterRegistry registry) {
    this(stored::find, known, properties, registry);
  }

  Authenticator(
      Finder stored, KnownKeys known, AccessProperties properties, MeterRegistry registry) {
    this.known = known;
    this.settings = properties.access();
    this.familiar = new IdentityCache("keys", stored, settings, registry);
    this.strange = new IdentityCache("new-keys", stored, settings, registry);
  }

  /** Whose key this is; empty when it is unknown, revoked or expired. */
  Optional<Identity> authenticate(Secret secret) throws InterruptedException {
    var deadline = Deadline.after(settings.timeout());
    var hash = ByteBuffer.wrap(secret.hash());
    Optional<Identity> identity = (known.contains(hash) ? familiar : strange).find(hash, deadline);
    identity.ifPresentOrElse(
        found -> known.remember(hash, found.merchantId()), () -> known.forget(hash));
    return identity;
  }

  /** Looks every key up again when it is next used. */
  void forgetAll() {
    familiar.forgetAll();
    strange.forgetAll();
  }

  @PreDestroy
  void close() {
    familiar.close();
    strange.close();
  }
}
