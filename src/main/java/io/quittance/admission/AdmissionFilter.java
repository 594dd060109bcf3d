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
 * sender may be, when its key says which lane it belongs to.
 */
@Component
@Order(-10)
final class AdmissionFilter extends OncePerRequestFilter {

  private final Admission admission;
  private final Arrivals arrivals;
  private final ProblemWriter problems;

  AdmissionFilter(Admission admission, Arrivals arrivals, ProblemWriter problems) {
    this.admission = admission;
    this.arrivals = arrivals;
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
    Arrival arrival = arrivals.of(RequestHead.of(request));
    Place place = admission.enter(arrival);
    if (place == null) {
      problems.write(admission.refusal(arrival), request, response);
      return;
    }
    try {
      place.attachTo(request);
      arrivals.remember(arrival);
      chain.doFilter(request, response);
    } finally {
      place.leave();
    }
  }
}
