package io.quittance.access;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.RememberedLookup;
import jakarta.annotation.PreDestroy;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Finds the key of a console session, as the {@link Authenticator} does for keys: a session that
 * has ended, or whose key has, is refused within the same time on every replica. Thread-safe.
 */
@Component
final class SessionAuthenticator {

  private final AccessProperties.Keys settings;
  private final KnownKeys known;
  private final RememberedLookup<ByteBuffer, Optional<Identity>> sessions;

  SessionAuthenticator(
      StoredKeys stored, KnownKeys known, AccessProperties properties, MeterRegistry registry) {
    this.known = known;
    this.settings = properties.access();
    this.sessions = Authenticator.identities("sessions", stored::ofSessions, settings, registry);
  }

  /** The identity of a session; empty if there is none, or it has ended. */
  Optional<Identity> authenticate(Secret token) throws InterruptedException {
    var hash = ByteBuffer.wrap(token.hash());
    Optional<Identity> identity = sessions.get(hash, Deadline.after(settings.timeout()));
    identity.ifPresentOrElse(
        found -> known.remember(hash, found.merchantId()), () -> known.forget(hash));
    return identity;
  }

  /** Looks a merchant's sessions up again when they are next used. */
  void forget(UUID merchantId) {
    sessions.forgetIf(Authenticator.of(merchantId));
  }

  @PreDestroy
  void close() {
    sessions.close();
  }
}
