package io.quittance.identity;

import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.RequestContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a change comes from, for the audit trail.
 *
 * @param ip the client's address; null: the change did not come over the network
 * @param requestId null: likewise
 */
public record Origin(Actor actor, @Nullable String ip, @Nullable String requestId) {

  /** The service itself. */
  public static final Origin SYSTEM = new Origin(new Actor(Actor.Type.SYSTEM, null), null, null);

  private static final String ATTRIBUTE = Origin.class.getName();

  /**
   * The address is the connection's, or what trusted proxies say if {@code
   * server.forward-headers-strategy} is set; a header alone never counts.
   */
  public static Origin of(Actor actor, HttpServletRequest request) {
    return new Origin(actor, request.getRemoteAddr(), RequestContext.of(request).id());
  }

  public void attachTo(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  /** Whether the request has the operator's key. */
  static boolean isOperator(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof Origin origin
        && origin.actor().type() == Actor.Type.OPERATOR;
  }

  /** The origin of an authenticated request. */
  public static Origin of(HttpServletRequest request) {
    return (Origin) Objects.requireNonNull(request.getAttribute(ATTRIBUTE));
  }

  /** The problem of a route that is the operator's. */
  public static Problem operatorOnly() {
    return Problem.of(
        ProblemCode.INSUFFICIENT_SCOPE, "Only the operator key may manage merchants.");
  }
}
