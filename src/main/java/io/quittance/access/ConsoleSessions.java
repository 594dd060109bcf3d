package io.quittance.access;

import io.quittance.identity.Origin;
import io.quittance.identity.Scope;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.RequestHead;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Component;

/**
 * Sessions of the console: a cookie that stands for an API key. They are stored, so that every
 * replica knows them, and end with the key, at logout or after {@link #LIFETIME}. Thread-safe.
 */
@Component
public final class ConsoleSessions {

  /** How long a session may last. */
  public static final Duration LIFETIME = Duration.ofHours(8);

  /**
   * A session.
   *
   * @param merchant the name of the merchant
   * @param scopes what the key may do
   * @param expiresAt when the session or its key ends, whichever is first
   */
  public record Session(String merchant, Set<Scope> scopes, Instant expiresAt) {}

  private final Identification identification;
  private final StoredSessions stored;
  private final Clock clock;

  ConsoleSessions(Identification identification, StoredSessions stored, Clock clock) {
    this.identification = identification;
    this.stored = stored;
    this.clock = clock;
  }

  /**
   * Begins a session; the cookie is for the browser.
   *
   * @throws Problem 401 the key is not a valid one of a merchant, or the request does not come from
   *     the console's page; 403 the merchant is disabled
   */
  public ResponseCookie open(String key, HttpServletRequest request) {
    requireConsole(request);
    Identity identity = identification.identifyKey(new Secret(key.strip()));
    Secret token = Secret.randomSession();
    stored.add(
        identity, Origin.of(identity.actor(), request), token, clock.instant().plus(LIFETIME));
    return SessionCookie.of(token, LIFETIME, request.isSecure());
  }

  /** The session of a request; empty: it has none that goes on. */
  public Optional<Session> find(HttpServletRequest request) {
    Credential credential = Credential.of(RequestHead.of(request));
    if (credential == null || !credential.session()) {
      return Optional.empty();
    }
    return identity(credential).flatMap(identity -> stored.show(identity, credential.secret()));
  }

  /**
   * Ends the session of a request, if it has one; the cookie removes the browser's.
   *
   * @throws Problem 401 our page does not ask
   */
  public ResponseCookie end(HttpServletRequest request) {
    requireConsole(request);
    Credential credential = Credential.of(RequestHead.of(request));
    if (credential != null && credential.session()) {
      identity(credential)
          .ifPresent(
              identity ->
                  stored.remove(
                      identity, Origin.of(identity.actor(), request), credential.secret()));
    }
    return SessionCookie.none(request.isSecure());
  }

  private Optional<Identity> identity(Credential credential) {
    try {
      return Optional.of(identification.identify(credential));
    } catch (Problem problem) {
      if (problem.code() == ProblemCode.UNAUTHORIZED) {
        return Optional.empty();
      }
      throw problem;
    }
  }

  private static void requireConsole(HttpServletRequest request) {
    if (!Credential.fromConsole(RequestHead.of(request))) {
      @Nullable String site = request.getHeader("Sec-Fetch-Site");
      throw Problem.of(
          ProblemCode.UNAUTHORIZED,
          "cross-site".equalsIgnoreCase(site)
              ? "The console takes no requests from other sites."
              : "Send the header X-Quittance-Console: 1.");
    }
  }
}
