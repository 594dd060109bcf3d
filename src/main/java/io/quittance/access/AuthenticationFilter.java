package io.quittance.access;

import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.web.LogFields;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets nobody past /v1 without a valid key (RFC 6750), and leaves the {@link Caller} behind. */
@Component
@Order(0)
final class AuthenticationFilter extends OncePerRequestFilter {

  static final String CALLER = Caller.class.getName();

  private static final String BEARER = "Bearer ";
  private static final String MERCHANTS = "/v1/merchants";

  private final Authenticator authenticator;
  private final Tokens tokens;
  private final LastUse lastUse;
  private final @Nullable Secret operatorKey;
  private final ProblemWriter problems;

  AuthenticationFilter(
      Authenticator authenticator,
      Tokens tokens,
      LastUse lastUse,
      AccessProperties properties,
      ProblemWriter problems) {
    this.authenticator = authenticator;
    this.tokens = tokens;
    this.lastUse = lastUse;
    this.operatorKey =
        properties.operatorKey() == null || properties.operatorKey().isBlank()
            ? null
            : new Secret(properties.operatorKey());
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    String path = path(request);
    return !path.equals("/v1") && !path.startsWith("/v1/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      admit(request);
    } catch (Problem problem) {
      problems.write(problem, request, response);
      return;
    }
    chain.doFilter(request, response);
  }

  private void admit(HttpServletRequest request) {
    String token = token(request);
    boolean operator = operatorKey != null && operatorKey.sameAs(token);
    if (path(request).equals(MERCHANTS)) {
      if (!operator) {
        identify(token);
        throw Problem.of(ProblemCode.INSUFFICIENT_SCOPE, "Merchants are the operator's.");
      }
      Origin.of(Actor.operator(), request).attachTo(request);
    } else if (operator) {
      throw Problem.of(ProblemCode.UNAUTHORIZED, "The operator key manages merchants only.");
    } else {
      Identity identity = identify(token);
      var origin = Origin.of(identity.actor(), request);
      origin.attachTo(request);
      request.setAttribute(CALLER, identity.from(origin));
      if (identity.actor().type() == Actor.Type.KEY) {
        lastUse.note(identity.keyId());
      }
      LogFields.merchant(identity.merchantId());
    }
  }

  /** Decoded and without parameters: /%761/x and /v1;y/x are routed as /v1/x. */
  private static String path(HttpServletRequest request) {
    return request.getServletPath();
  }

  private static String token(HttpServletRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw Problem.of(ProblemCode.UNAUTHORIZED, "Send the header Authorization: Bearer KEY.");
    }
    return header.substring(BEARER.length()).strip();
  }

  private Identity identify(String token) {
    try {
      if (tokens.takes(token)) {
        return tokens.identify(token);
      }
      return authenticator
          .authenticate(new Secret(token))
          .orElseThrow(() -> Problem.of(ProblemCode.UNAUTHORIZED, "This key is not valid."));
    } catch (DeadlineExceededException | RejectedExecutionException | DataAccessException e) {
      throw Problem.of(ProblemCode.DEPENDENCY_UNAVAILABLE, "The key could not be checked in time.")
          .dependency("ledger");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of(ProblemCode.OVERLOADED, "The service is stopping.");
    }
  }
}
