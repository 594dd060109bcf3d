package io.quittance.admission;

import io.quittance.web.ProblemWriter;
import io.quittance.web.RequestHead;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Counts requests before their key is checked, and refuses those that {@link EarlyAdmission} did
 * not refuse. A request of a known sender is not refused for overload later; one of an unknown
 * sender may be, once its lane is known.
 */
@Component
@Order(-10)
final class AdmissionFilter extends OncePerRequestFilter {

  private final Admission admission;
  private final AdmissionRequests admissionRequests;
  private final ProblemWriter problems;

  AdmissionFilter(
      Admission admission, AdmissionRequests admissionRequests, ProblemWriter problems) {
    this.admission = admission;
    this.admissionRequests = admissionRequests;
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getServletPath().startsWith(Admission.PATHS);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    AdmissionRequest admissionRequest = admissionRequests.of(RequestHead.of(request));
    AdmissionPermit permit = admission.enter(admissionRequest);
    if (permit == null) {
      problems.write(admission.refusal(admissionRequest), request, response);
      return;
    }
    try {
      permit.attachTo(request);
      admissionRequests.remember(admissionRequest);
      chain.doFilter(request, response);
    } finally {
      permit.leave();
    }
  }
}
