package io.quittance.access;

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
 * Counts who comes in, before the key is checked and the body read, and refuses whom the {@link
 * AdmissionDoor} did not. What is let in is never refused later for want of room.
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
    Arrival arrival =
        arrivals.of(
            new RequestHead(request.getMethod(), request.getServletPath(), request::getHeader));
    if (!admission.enter(arrival)) {
      problems.write(admission.refusal(), request, response);
      return;
    }
    try {
      arrivals.remember(arrival);
      chain.doFilter(request, response);
    } finally {
      admission.leave();
    }
  }
}
