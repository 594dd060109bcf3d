package io.quittance.admission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Lists and figures are megabytes, which stay in memory for as long as their clients take to read
 * them. What those under way may come to is a part of the memory, of which each merchant has its
 * fair share; others are refused before anything is read.
 */
@Configuration(proxyBeanMethods = false)
class LargeResponses implements WebMvcConfigurer, HandlerInterceptor {

  private static final Set<String> READS = Set.of("GET", "HEAD");

  /** A hundred objects with all the metadata that they may have. */
  private static final long LIST_BYTES = 8 * 1024 * 1024;

  /** A hundred thousand points with all that they may have. */
  private static final long FIGURES_BYTES = 20 * 1024 * 1024;

  private final MemoryShares underWay;
  private final Counter refused;
  private final Map<Method, Long> bytes = new ConcurrentHashMap<>();

  LargeResponses(MeterRegistry registry) {
    refused =
        Counter.builder("quittance.large.answers.refused")
            .description("Lists and figures that were refused, for too many were being read")
            .register(registry);
    underWay =
        new MemoryShares(
            "quittance.large.answers",
            "Memory that lists and figures under way may take",
            registry);
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns("/v1/**");
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (!underWay.take(request, bytes(request, handler))) {
      refused.increment();
      throw Problem.of(
          ProblemCode.OVERLOADED, "Too many lists and figures are being read; read fewer at once.");
    }
    return true;
  }

  @Override
  public void afterCompletion(
      HttpServletRequest request,
      HttpServletResponse response,
      Object handler,
      @Nullable Exception e) {
    underWay.giveBack(request, bytes(request, handler));
  }

  /** What an answer may come to; nothing for all that is neither a list nor figures. */
  private long bytes(HttpServletRequest request, Object handler) {
    return READS.contains(request.getMethod()) && handler instanceof HandlerMethod method
        ? bytes.computeIfAbsent(method.getMethod(), _ -> bytes(method))
        : 0;
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
