package io.quittance.web.request;

import io.quittance.web.DeadlineHeader;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.InputError;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a request that repeats a header with a single meaning. For example, two idempotency keys
 * cannot be joined, and picking one of them could make a client pay twice.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 3)
final class SingleHeaders extends OncePerRequestFilter {

  private static final List<String> NAMES =
      List.of(
          IdempotencyHeaders.KEY,
          DeadlineHeader.NAME,
          HttpHeaders.AUTHORIZATION,
          HttpHeaders.CONTENT_TYPE);

  private final ProblemWriter problems;

  SingleHeaders(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String repeated = repeated(request);
    if (repeated == null) {
      chain.doFilter(request, response);
    } else {
      problems.write(problem(repeated), request, response);
    }
  }

  private static @Nullable String repeated(HttpServletRequest request) {
    for (String name : NAMES) {
      Enumeration<String> values = request.getHeaders(name);
      if (values.hasMoreElements()) {
        values.nextElement();
        if (values.hasMoreElements()) {
          return name;
        }
      }
    }
    return null;
  }

  private static Problem problem(String header) {
    String detail = "The header %s must not be sent more than once.".formatted(header);
    return header.equals(IdempotencyHeaders.KEY)
        ? Problem.of(ProblemCode.INVALID_IDEMPOTENCY_KEY, detail)
        : Problem.invalid(header, InputError.Code.REPEATED, "must not be sent more than once");
  }
}
