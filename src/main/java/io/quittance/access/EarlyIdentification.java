package io.quittance.access;

import io.quittance.web.Problem;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Checks the credential of a request before its body has arrived, so that a sender with a valid key
 * need not share the room of unknown senders. Few are checked at once, so that wrong keys do not
 * fill the queue of look-ups that others need; tokens apart from keys, because their issuer may not
 * answer. Thread-safe.
 */
@Component
public final class EarlyIdentification {

  /** The queue of look-ups for new keys has room for 1024. */
  static final int CHECKS_AT_ONCE = 256;

  private static final long QUEUED_MAX_MS = Duration.ofMillis(250).toMillis();

  private final KnownKeys known;
  private final Predicate<Credential> isToken;
  private final Consumer<Credential> check;
  private final Semaphore keys = new Semaphore(CHECKS_AT_ONCE, true);
  private final Semaphore tokens = new Semaphore(CHECKS_AT_ONCE, true);

  @Autowired
  EarlyIdentification(KnownKeys known, Identification identification) {
    this(known, identification::isToken, credential -> check(identification, credential));
  }

  /**
   * @param check makes a valid credential known, or throws a {@link Problem}
   */
  EarlyIdentification(KnownKeys known, Predicate<Credential> isToken, Consumer<Credential> check) {
    this.known = known;
    this.isToken = isToken;
    this.check = check;
  }

  private static void check(Identification identification, Credential credential) {
    if (credential.session() || !identification.isOperator(credential.secret())) {
      identification.identify(credential);
    }
  }

  /**
   * The sender of a request; unknown if its credential is not valid, could not be checked in time,
   * or if too many are being checked.
   *
   * @param credential the credential of the request; null: none
   */
  public RequestSender sender(@Nullable Credential credential) {
    if (credential == null) {
      return RequestSender.unknown();
    }
    Semaphore places = isToken.test(credential) ? tokens : keys;
    if (!acquired(places)) {
      return RequestSender.unknown();
    }
    try {
      // Another request with the same key may have been checked meanwhile.
      if (known.sender(credential).isUnknown()) {
        check.accept(credential);
      }
    } catch (Problem e) {
      // What is wrong is answered when the whole request has arrived.
    } finally {
      places.release();
    }
    return known.sender(credential);
  }

  private static boolean acquired(Semaphore places) {
    try {
      return places.tryAcquire(QUEUED_MAX_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
