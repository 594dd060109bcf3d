package io.quittance.admission;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.quittance.identity.Caller;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.UUID;
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
class LargeAnswers implements WebMvcConfigurer, HandlerInterceptor {

  private static final int MEMORY_PART = 4;

  /** A hundred objects with all the metadata that they may have. */
  private static final long LIST_BYTES = 8 * 1024 * 1024;

  /** A hundred thousand points with all that they may have. */
  private static final long FIGURES_BYTES = 20 * 1024 * 1024;

  private final long limitBytes = Runtime.getRuntime().maxMemory() / MEMORY_PART;
  private final FairShares underWay = new FairShares();

  LargeAnswers(MeterRegistry registry) {
    Gauge.builder("quittance.large.answers", underWay, FairShares::total)
        .description("Memory that lists and figures under way may take")
        .baseUnit(BaseUnits.BYTES)
        .register(registry);
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns("/v1/**");
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    UUID merchantId = merchant(request);
    if (merchantId != null && !underWay.take(merchantId, bytes(handler), limitBytes)) {
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
    UUID merchantId = merchant(request);
    if (merchantId != null) {
      underWay.giveBack(merchantId, bytes(handler));
    }
  }

  private static @Nullable UUID merchant(HttpServletRequest request) {
    return request.getAttribute(Caller.ATTRIBUTE) instanceof Caller caller
        ? caller.merchantId()
        : null;
  }

  /** Nothing for all that is neither. */
  private static long bytes(Object handler) {
    Route route =
        handler instanceof HandlerMethod method ? method.getMethodAnnotation(Route.class) : null;
    if (route == null) {
      return 0;
    }
    if (Arrays.asList(route.query()).contains("step")) {
      return FIGURES_BYTES;
    }
    return Arrays.asList(route.query()).contains("limit") ? LIST_BYTES : 0;
  }
}
