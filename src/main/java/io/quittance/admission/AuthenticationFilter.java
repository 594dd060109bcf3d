package io.quittance.admission;

import io.quittance.access.Credential;
import io.quittance.access.Identification;
import io.quittance.access.Identity;
import io.quittance.access.LastUse;
import io.quittance.access.RequestSender;
import io.quittance.access.Secret;
import io.quittance.identity.Actor;
import io.quittance.identity.Caller;
import io.quittance.identity.Origin;
import io.quittance.web.AnswerMark;
import io.quittance.web.DependencyNames;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.LogFields;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ProblemWriter;
import io.quittance.web.RequestHead;
import io.quittance.web.ResolvesBy;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * Refuses requests to /v1 without a valid key (RFC 6750) or session, and sets the {@link Caller} as
 * an attribute of the request.
 */
@Component
@Order(0)
final class AuthenticationFilter extends OncePerRequestFilter {

  private static final String MERCHANTS = "/v1/merchants";
  private static final String ANY_ROUTE = "/v1/**";

  private final Identification identification;
  private final Admission admission;
  private final LastUse lastUse;
  private final ProblemWriter problems;
  private final ResolvesBy resolvesBy;

  AuthenticationFilter(
      Identification identification,
      Admission admission,
      LastUse lastUse,
      ProblemWriter problems,
      ResolvesBy resolvesBy) {
    this.identification = identification;
    this.admission = admission;
    this.lastUse = lastUse;
    this.problems = problems;
    this.resolvesBy = resolvesBy;
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
      if (problem.isOf(DependencyNames.LEDGER)) {
        countAsFailed(request);
      }
      problems.write(unknownIfKeyed(problem, request), request, response);
      return;
    }
    chain.doFilter(request, response);
  }

  /**
   * Gives the request a route in {@code http_server_requests}, which the objective for requests
   * reads: while the database is away, no request gets as far as its own. Tokens whose issuer is
   * away are not counted, because anybody can send some.
   */
  private static void countAsFailed(HttpServletRequest request) {
    ServerHttpObservationFilter.findObservationContext(request)
        .ifPresent(context -> context.setPathPattern(ANY_ROUTE));
  }

  /**
   * With an idempotency key the outcome is unknown: an earlier request with this key may have been
   * carried out.
   */
  private Problem unknownIfKeyed(Problem problem, HttpServletRequest request) {
    return problem.code() == ProblemCode.DEPENDENCY_UNAVAILABLE
            && request.getHeader(IdempotencyHeaders.KEY) != null
        ? problem.unknownUntil(resolvesBy.ofAnyRequest(request.getServletPath()))
        : problem;
  }

  private void admit(HttpServletRequest request) {
    Credential credential = Credential.of(RequestHead.of(request));
    if (credential == null) {
      throw Problem.of(ProblemCode.UNAUTHORIZED, "Send the header Authorization: Bearer KEY.");
    }
    boolean operator = !credential.session() && identification.isOperator(credential.secret());
    if (isOperators(request)) {
      if (!operator) {
        identification.identify(credential);
        throw Origin.operatorOnly();
      }
      Origin.of(Actor.operator(), request).attachTo(request);
    } else if (operator) {
      throw Problem.of(
          ProblemCode.UNAUTHORIZED,
          "The operator key is for /v1/merchants only; send a merchant's API key.");
    } else {
      admit(identification.identify(credential), credential.secret(), request);
    }
  }

  private void admit(Identity identity, Secret secret, HttpServletRequest request) {
    moveToMerchant(
        new RequestSender(ByteBuffer.wrap(secret.hash()), identity.merchantId()), request);
    var origin = Origin.of(identity.actor(), request);
    origin.attachTo(request);
    request.setAttribute(Caller.ATTRIBUTE, identity.from(origin));
    if (identity.actor().type() == Actor.Type.KEY) {
      lastUse.note(identity.keyId());
    } else if (identity.actor().type() == Actor.Type.SYSTEM) {
      AnswerMark.leaveOut(request);
    }
    LogFields.merchant(identity.merchantId());
  }

  /** Moves a request from the lane of unknown callers to that of its merchant. */
  private void moveToMerchant(RequestSender sender, HttpServletRequest request) {
    AdmissionPermit permit = AdmissionPermit.of(request);
    if (permit != null
        && !permit.admissionRequest().sender().isMerchant()
        && !admission.moveToMerchant(permit, sender)) {
      throw admission.refusal(permit.admissionRequest().from(sender));
    }
  }

  private static boolean isOperators(HttpServletRequest request) {
    String path = path(request);
    return path.equals(MERCHANTS) || path.startsWith(MERCHANTS + "/");
  }

  /** Decoded and without parameters: /%761/x and /v1;y/x are routed as /v1/x. */
  private static String path(HttpServletRequest request) {
    return request.getServletPath();
  }
}
