package io.quittance.admission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.HandlerMethod;

/**
 * Limits the memory of lists and figures. Each may be megabytes, and stays in memory for as long as
 * its client takes to read it.
 */
@Configuration(proxyBeanMethods = false)
class LargeResponses extends MemoryLimit {

  private static final Set<String> READS = Set.of("GET", "HEAD");

  /** A hundred objects, each with as much metadata as is allowed. */
  private static final long LIST_BYTES = 8 * 1024 * 1024;

  /** A hundred thousand points, each as large as it can be. */
  private static final long FIGURES_BYTES = 20 * 1024 * 1024;

  private final Counter refused;
  private final Map<Method, Long> bytes = new ConcurrentHashMap<>();

  LargeResponses(MeterRegistry registry) {
    super(
        "quittance.large.answers",
        "Memory that lists and figures under way may take",
        "/v1/**",
        registry);
    refused =
        Counter.builder("quittance.large.answers.refused")
            .description("Lists and figures that were refused because too many were being read")
            .register(registry);
  }

  /** 0 for all that is neither a list nor figures. */
  @Override
  protected long bytes(HttpServletRequest request, Object handler) {
    return READS.contains(request.getMethod()) && handler instanceof HandlerMethod method
        ? bytes.computeIfAbsent(method.getMethod(), _ -> bytes(method))
        : 0;
  }

  @Override
  protected Problem refusal() {
    refused.increment();
    return Problem.of(
        ProblemCode.OVERLOADED,
        "Too many list and analytics requests are in progress; send fewer at once.");
  }

  private static long bytes(HandlerMethod method) {
    Route route = method.getMethodAnnotation(Route.class);
    List<String> query = route == null ? List.of() : List.of(route.query());
    if (query.contains("step")) {
      return FIGURES_BYTES;
    }
    return query.contains("limit") ? LIST_BYTES : 0;
  }
}
