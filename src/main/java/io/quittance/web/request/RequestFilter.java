package io.quittance.web.request;

import io.quittance.web.BodyLimit;
import io.quittance.web.LimitedBodyRequest;
import io.quittance.web.LogFields;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ProblemWriter;
import io.quittance.web.RequestContext;
import io.quittance.web.RequestId;
import io.quittance.web.SecurityHeaders;
import io.quittance.web.WebProperties;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Gives every request its id, arrival time and limits, and every answer its headers. Only Spring's
 * observation runs before it, so that requests refused here are measured and traced, too.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
final class RequestFilter extends OncePerRequestFilter {

  private static final Logger log = LoggerFactory.getLogger("io.quittance.requests");

  private final ProblemWriter problems;
  private final WebProperties properties;
  private final List<BodyLimit> limits;
  private final AnswerMeters answers;

  RequestFilter(
      ProblemWriter problems,
      WebProperties properties,
      List<BodyLimit> limits,
      AnswerMeters answers) {
    this.problems = problems;
    this.properties = properties;
    this.limits = limits;
    this.answers = answers;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String id = RequestId.from(request.getHeader(RequestId.HEADER));
    var context = new RequestContext(id, System.nanoTime());
    context.attachTo(request);
    response.setHeader(RequestId.HEADER, id);
    SecurityHeaders.add(request, response);
    LogFields.request(id);
    try {
      BodyLimit limit = limit(request);
      Problem refusal = refusal(request, limit.bytes());
      FilterChain next =
          refusal == null ? chain : (_, _) -> problems.write(refusal, request, response);
      if (hasBody(request)) {
        withBody(
            new LimitedBodyRequest(request, limit, properties.bodyLimit(), context.arrivedNanos()),
            response,
            next);
      } else {
        next.doFilter(request, new BufferedResponse(response));
      }
    } finally {
      answers.answered(request, response, context);
      if (properties.requestLog()) {
        logEnd(request, response, context);
      }
      LogFields.clear();
    }
  }

  private static @Nullable Problem refusal(HttpServletRequest request, int limitBytes) {
    if (hasParameters(request)) {
      return Problem.of(ProblemCode.NOT_FOUND, "The path must not have a semicolon.");
    }
    return request.getContentLengthLong() > limitBytes
        ? LimitedBodyRequest.tooLarge(limitBytes)
        : null;
  }

  /**
   * Whether the path has a semicolon, encoded or not. The container and Spring would drop it with
   * what follows, and serve another path than requested.
   */
  private static boolean hasParameters(HttpServletRequest request) {
    String path = request.getRequestURI();
    return path.indexOf(';') >= 0 || path.contains("%3B") || path.contains("%3b");
  }

  private BodyLimit limit(HttpServletRequest request) {
    for (BodyLimit limit : limits) {
      if (limit.method().equals(request.getMethod())
          && limit.path().equals(request.getServletPath())) {
        return limit;
      }
    }
    return new BodyLimit("", "", properties.maxBodyBytes(), false);
  }

  static boolean hasBody(HttpServletRequest request) {
    return request.getContentLengthLong() > 0
        || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
  }

  private static void withBody(
      LimitedBodyRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(request, new BufferedResponse(response));
    boolean left = !request.finished();
    // A client that waits for 100 Continue (RFC 9110, 10.1.1) has not sent its body.
    boolean waiting = request.getHeader(HttpHeaders.EXPECT) != null;
    if (left && request.refusedEarly()) {
      endsConnection(response);
      response.flushBuffer();
    }
    if (left && (waiting || !request.drain())) {
      endsConnection(response);
    }
  }

  private static void endsConnection(HttpServletResponse response) {
    if (!response.isCommitted()) {
      response.setHeader(HttpHeaders.CONNECTION, "close");
    }
  }

  private static void logEnd(
      HttpServletRequest request, HttpServletResponse response, RequestContext context) {
    long nanos = System.nanoTime() - context.arrivedNanos();
    Object route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    log.atInfo()
        .addKeyValue("method", request.getMethod())
        .addKeyValue("route", route == null ? "none" : route)
        .addKeyValue("status", response.getStatus())
        .addKeyValue("duration_ms", TimeUnit.NANOSECONDS.toMillis(nanos))
        .log("request");
  }
}
