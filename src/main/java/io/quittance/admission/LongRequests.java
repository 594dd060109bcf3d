package io.quittance.admission;

import io.quittance.access.Credential;
import io.quittance.access.Identification;
import io.quittance.identity.Scope;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.RequestHead;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.stereotype.Component;

/**
 * Support for requests that last for hours, such as streams: they use little processor time, and
 * their keys may be revoked meanwhile. Thread-safe.
 */
@Component
public final class LongRequests {

  private final Identification identification;

  LongRequests(Identification identification) {
    this.identification = identification;
  }

  /** Gives back the request's place in admission, because it mostly waits. */
  public void leaveAdmission(HttpServletRequest request) {
    AdmissionPermit permit = AdmissionPermit.of(request);
    if (permit != null) {
      permit.leave();
    }
  }

  /**
   * Whether the request's credentials are still valid and have this scope. Also true while that
   * cannot be checked.
   */
  public boolean stillAllowed(HttpServletRequest request, Scope scope) {
    Credential credential = Credential.of(RequestHead.of(request));
    try {
      return credential != null && scope.isIn(identification.identify(credential).scopes());
    } catch (Problem problem) {
      return problem.code() != ProblemCode.UNAUTHORIZED
          && problem.code() != ProblemCode.MERCHANT_DISABLED;
    }
  }
}
