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
 * Counts who comes in, before the key is checked, and refuses whom the {@link EarlyAdmission} did
 * not. A sender who is known is never refused later for want of room; who is unknown may be once
 * more, when the key says whose lane it is.
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
