package io.quittance.admission;

import io.quittance.access.Sender;
import io.quittance.web.LimitedBodyRequest;
import io.quittance.web.ProblemWriter;
import io.quittance.web.RequestHead;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Receives the body of a request before the {@link AdmissionFilter} counts it as under way, so that
 * bodies that drip in take no place from others. Bodies that are read as they arrive take one of
 * their merchant's.
 */
@Component
@Order(-20)
final class BodyFilter extends OncePerRequestFilter {

  private final Admission admission;
  private final Arrivals arrivals;
  private final HalfSent halfSent;
  private final ProblemWriter problems;

  BodyFilter(Admission admission, Arrivals arrivals, HalfSent halfSent, ProblemWriter problems) {
    this.admission = admission;
    this.arrivals = arrivals;
    this.halfSent = halfSent;
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
    LimitedBodyRequest body = LimitedBodyRequest.of(request);
    if (body == null || body.streamed() || body.arrived()) {
      chain.doFilter(request, response);
      return;
    }
    Arrival arrival = arrivals.of(RequestHead.of(request));
    if (admission.hasRoom(arrival) && receive(arrival.sender(), body)) {
      chain.doFilter(request, response);
      return;
    }
    body.abandon();
    response.setHeader(HttpHeaders.CONNECTION, "close");
    problems.write(admission.refusal(arrival), request, response);
  }

  private boolean receive(Sender sender, LimitedBodyRequest body) throws IOException {
    long bytes = body.lengthMax();
    if (!halfSent.enter(sender, bytes)) {
      return false;
    }
    try {
      body.receive();
      return true;
    } finally {
      halfSent.leave(sender, bytes);
    }
  }
}
