package io.quittance.access;

import io.github.bucket4j.ConsumptionProbe;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a key's requests when there are too many, and says with each answer how many are left.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/">RateLimit
 *     header fields for HTTP, draft 10</a>
 */
@Component
@Order(10)
final class RateLimitFilter extends OncePerRequestFilter {

  private static final String POLICY_NAME = "\"key\"";

  private final RateLimits limits;
  private final ProblemWriter problems;

  RateLimitFilter(RateLimits limits, ProblemWriter problems) {
    this.limits = limits;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (limits.enabled()
        && request.getAttribute(AuthenticationFilter.CALLER) instanceof Caller caller) {
      RateLimit limit = limits.of(caller);
      ConsumptionProbe probe = limits.take(caller);
      response.setHeader(
          "RateLimit-Policy",
          "%s;q=%d;w=%d".formatted(POLICY_NAME, limit.burst(), seconds(limit.refill().toNanos())));
      response.setHeader(
          "RateLimit",
          "%s;r=%d;t=%d"
              .formatted(
                  POLICY_NAME,
                  probe.getRemainingTokens(),
                  seconds(probe.getNanosToWaitForReset())));
      if (!probe.isConsumed()) {
        problems.write(
            Problem.of(ProblemCode.RATE_LIMITED, "This key has made too many requests.")
                .retryAfter(Duration.ofNanos(probe.getNanosToWaitForRefill())),
            request,
            response);
        return;
      }
    }
    chain.doFilter(request, response);
  }

  private static long seconds(long nanos) {
    return Math.max(1, (nanos + 999_999_999) / 1_000_000_000);
  }
}
