package io.quittance.access;

import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.web.DependencyNames;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Finds out who sends a request, by an API key, a token, the operator's key or a session.
 * Thread-safe.
 */
@Component
public final class Identification {

  private final Authenticator authenticator;
  private final SessionAuthenticator sessions;
  private final Tokens tokens;
  private final KnownKeys known;
  private final @Nullable Secret operatorKey;

  Identification(
      Authenticator authenticator,
      SessionAuthenticator sessions,
      Tokens tokens,
      KnownKeys known,
      AccessProperties properties) {
    this.authenticator = authenticator;
    this.sessions = sessions;
    this.tokens = tokens;
    this.known = known;
    this.operatorKey =
        properties.operatorKey() == null || properties.operatorKey().isBlank()
            ? null
            : new Secret(properties.operatorKey());
  }

  public boolean isOperator(Secret secret) {
    boolean operator = operatorKey != null && operatorKey.sameAs(secret);
    if (operator) {
      known.remember(ByteBuffer.wrap(secret.hash()), RequestSender.OPERATOR);
    }
    return operator;
  }

  /** Whether a credential is a token, and not a key or a session. */
  boolean isToken(Credential credential) {
    return !credential.session() && tokens.takes(credential.secret().text());
  }

  /** Finds the identity of a secret. */
  @FunctionalInterface
  private interface Lookup {
    Identity identity() throws InterruptedException;
  }

  /**
   * The identity of a key, a token or a session.
   *
   * @throws Problem 401 it is not valid; 403 its merchant is disabled; 503 it could not be checked
   *     in time
   */
  public Identity identify(Credential credential) {
    Secret secret = credential.secret();
    if (credential.session()) {
      return enabled(() -> bySession(secret));
    }
    return isToken(credential) ? enabled(() -> byToken(secret)) : identifyKey(secret);
  }

  /** As {@link #identify}, for API keys only. */
  Identity identifyKey(Secret key) {
    return enabled(() -> byKey(key));
  }

  private static Identity enabled(Lookup lookup) {
    Identity identity = inTime(lookup);
    if (!identity.terms().enabled()) {
      throw Problem.of(
          ProblemCode.MERCHANT_DISABLED,
          "The operator has disabled this merchant; nothing was done.");
    }
    return identity;
  }

  private static Identity inTime(Lookup lookup) {
    try {
      return lookup.identity();
    } catch (DeadlineExceededException | RejectedExecutionException | DataAccessException e) {
      throw Problem.of(
              ProblemCode.DEPENDENCY_UNAVAILABLE,
              "The credentials could not be checked now; send the request again.")
          .dependency(DependencyNames.LEDGER);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.stopping();
    }
  }

  private Identity byKey(Secret key) throws InterruptedException {
    return authenticator
        .authenticate(key)
        .orElseThrow(
            () ->
                Problem.of(
                    ProblemCode.UNAUTHORIZED, "The API key is unknown, revoked or expired."));
  }

  private Identity bySession(Secret token) throws InterruptedException {
    return sessions
        .authenticate(token)
        .orElseThrow(
            () -> Problem.of(ProblemCode.UNAUTHORIZED, "The session has ended; sign in again."));
  }

  private Identity byToken(Secret token) throws InterruptedException {
    var key = ByteBuffer.wrap(token.hash());
    try {
      Identity identity = tokens.identify(token.text());
      known.remember(key, identity.merchantId());
      return identity;
    } catch (Problem problem) {
      if (problem.code() == ProblemCode.UNAUTHORIZED) {
        known.forget(key);
      }
      throw problem;
    }
  }
}
