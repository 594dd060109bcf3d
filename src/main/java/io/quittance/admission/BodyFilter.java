package io.quittance.admission;

import io.quittance.access.RequestSender;
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
 * slow bodies take no places from others. Bodies that are read as they arrive take one of their
 * merchant's places.
 */
@Component
@Order(-20)
final class BodyFilter extends OncePerRequestFilter {

  private final Admission admission;
  private final AdmissionRequests admissionRequests;
  private final ArrivingBodies arrivingBodies;
  private final ProblemWriter problems;

  BodyFilter(
      Admission admission,
      AdmissionRequests admissionRequests,
      ArrivingBodies arrivingBodies,
      ProblemWriter problems) {
    this.admission = admission;
    this.admissionRequests = admissionRequests;
    this.arrivingBodies = arrivingBodies;
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
    AdmissionRequest admissionRequest = admissionRequests.of(RequestHead.of(request));
    if (admission.hasRoom(admissionRequest) && receive(admissionRequest.sender(), body)) {
      chain.doFilter(request, response);
      return;
    }
    body.abandon();
    response.setHeader(HttpHeaders.CONNECTION, "close");
    problems.write(admission.refusal(admissionRequest), request, response);
  }

  private boolean receive(RequestSender sender, LimitedBodyRequest body) throws IOException {
    long bytes = body.lengthMax();
    if (!arrivingBodies.enter(sender, bytes)) {
      return false;
    }
    try {
      body.receive();
      return true;
    } finally {
      arrivingBodies.leave(sender, bytes);
    }
  }
}
