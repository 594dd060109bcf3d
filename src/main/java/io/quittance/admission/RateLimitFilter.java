package io.quittance.admission;

import io.quittance.admission.RateLimits.Taken;
import io.quittance.identity.Caller;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses requests above the rate limit of a merchant, or of a key with its own limit, and reports
 * the remaining requests in each response.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/">RateLimit
 *     header fields for HTTP, draft 10</a>
 */
@Component
@Order(10)
final class RateLimitFilter extends OncePerRequestFilter {

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
    if (limits.enabled() && request.getAttribute(Caller.ATTRIBUTE) instanceof Caller caller) {
      List<Taken> taken = limits.take(caller);
      response.setHeader("RateLimit-Policy", each(taken, RateLimitFilter::policy));
      response.setHeader("RateLimit", each(taken, RateLimitFilter::left));
      Taken last = taken.getLast();
      if (!last.probe().isConsumed()) {
        problems.write(
            Problem.of(
                    ProblemCode.RATE_LIMITED,
                    "This %s has made too many requests; wait as long as Retry-After says."
                        .formatted(last.policy()))
                .retryAfter(Duration.ofNanos(last.probe().getNanosToWaitForRefill())),
            request,
            response);
        return;
      }
    }
    chain.doFilter(request, response);
  }

  private static String each(List<Taken> taken, Function<Taken, String> text) {
    return taken.stream().map(text).collect(Collectors.joining(", "));
  }

  private static String policy(Taken taken) {
    return "\"%s\";q=%d;w=%d"
        .formatted(
            taken.policy(), taken.limit().burst(), seconds(taken.limit().refill().toNanos()));
  }

  private static String left(Taken taken) {
    return "\"%s\";r=%d;t=%d"
        .formatted(
            taken.policy(),
            taken.probe().getRemainingTokens(),
            seconds(taken.probe().getNanosToWaitForReset()));
  }

  private static long seconds(long nanos) {
    return Math.max(1, (nanos + 999_999_999) / 1_000_000_000);
  }
}
