package io.quittance.access;

import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Finds out who sends a request, by an API key, a token or the operator's key. Thread-safe. */
@Component
final class Identification {

  private final Authenticator authenticator;
  private final Tokens tokens;
  private final KnownKeys known;
  private final @Nullable Secret operatorKey;

  Identification(
      Authenticator authenticator, Tokens tokens, KnownKeys known, AccessProperties properties) {
    this.authenticator = authenticator;
    this.tokens = tokens;
    this.known = known;
    this.operatorKey =
        properties.operatorKey() == null || properties.operatorKey().isBlank()
            ? null
            : new Secret(properties.operatorKey());
  }

  boolean isOperator(Secret secret) {
    boolean operator = operatorKey != null && operatorKey.sameAs(secret);
    if (operator) {
      known.remember(ByteBuffer.wrap(secret.hash()), Sender.OPERATOR);
    }
    return operator;
  }

  /**
   * Whom a key or a token speaks for.
   *
   * @throws Problem 401 it is not a good one; 403 its merchant is disabled; 503 that could not be
   *     found out in time
   */
  Identity identify(Secret secret) {
    Identity identity = lookUp(secret);
    if (!identity.terms().enabled()) {
      throw Problem.of(
          ProblemCode.MERCHANT_DISABLED,
          "The operator has disabled this merchant; nothing was done.");
    }
    return identity;
  }

  private Identity lookUp(Secret secret) {
    try {
      return tokens.takes(secret.text())
          ? byToken(secret)
          : authenticator
              .authenticate(secret)
              .orElseThrow(() -> Problem.of(ProblemCode.UNAUTHORIZED, "This key is not valid."));
    } catch (DeadlineExceededException | RejectedExecutionException | DataAccessException e) {
      throw Problem.of(ProblemCode.DEPENDENCY_UNAVAILABLE, "The key could not be checked in time.")
          .dependency("ledger");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of(ProblemCode.OVERLOADED, "The service is stopping.");
    }
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
