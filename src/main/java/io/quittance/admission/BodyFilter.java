package io.quittance.admission;

import io.quittance.access.Credential;
import io.quittance.access.EarlyIdentification;
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
 * slow bodies take no places from others. An unknown sender for which there is no room is checked
 * first: with a valid key it has its merchant's share. Bodies that are read as they arrive take one
 * of their merchant's places.
 */
@Component
@Order(-20)
final class BodyFilter extends OncePerRequestFilter {

  private final Admission admission;
  private final AdmissionRequests admissionRequests;
  private final EarlyIdentification earlyIdentification;
  private final ArrivingBodies arrivingBodies;
  private final ProblemWriter problems;

  BodyFilter(
      Admission admission,
      AdmissionRequests admissionRequests,
      EarlyIdentification earlyIdentification,
      ArrivingBodies arrivingBodies,
      ProblemWriter problems) {
    this.admission = admission;
    this.admissionRequests = admissionRequests;
    this.earlyIdentification = earlyIdentification;
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
    var head = RequestHead.of(request);
    AdmissionRequest admissionRequest = admissionRequests.of(head);
    boolean received = receive(admissionRequest, body);
    if (!received && admissionRequest.sender().isUnknown()) {
      admissionRequest = admissionRequest.from(earlyIdentification.sender(Credential.of(head)));
      received = !admissionRequest.sender().isUnknown() && receive(admissionRequest, body);
    }
    if (received) {
      chain.doFilter(request, response);
    } else {
      body.abandon();
      response.setHeader(HttpHeaders.CONNECTION, "close");
      problems.write(admission.refusal(admissionRequest), request, response);
    }
  }

  /** Receives the body, or its failure; false if there is no room for it. */
  private boolean receive(AdmissionRequest admissionRequest, LimitedBodyRequest body)
      throws IOException {
    RequestSender sender = admissionRequest.sender();
    long bytes = body.lengthMax();
    if (!admission.hasRoom(admissionRequest) || !arrivingBodies.enter(sender, bytes)) {
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
