package io.quittance.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Gives every request its id and arrival time, and refuses bodies over the limit. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RequestFilter extends OncePerRequestFilter {

  private static final String HEADER = "X-Request-Id";
  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  private final ProblemWriter problems;
  private final WebProperties properties;

  RequestFilter(ProblemWriter problems, WebProperties properties) {
    this.problems = problems;
    this.properties = properties;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var context = new RequestContext(requestId(request.getHeader(HEADER)), System.nanoTime());
    context.attachTo(request);
    response.setHeader(HEADER, context.id());
    MDC.put("request_id", context.id());
    try {
      if (request.getContentLengthLong() > properties.maxBodyBytes()) {
        problems.write(Problem.of(ProblemCode.REQUEST_TOO_LARGE, tooLarge()), request, response);
      } else if (request.getContentLengthLong() < 0) {
        chain.doFilter(new LimitedBodyRequest(request, properties.maxBodyBytes()), response);
      } else {
        chain.doFilter(request, response);
      }
    } finally {
      MDC.remove("request_id");
    }
  }

  private String tooLarge() {
    return "A body may have " + properties.maxBodyBytes() + " bytes.";
  }

  private static String requestId(@Nullable String given) {
    return given != null && SANE.matcher(given).matches()
        ? given
        : TypeId.format("req", TypeId.next());
  }
}
