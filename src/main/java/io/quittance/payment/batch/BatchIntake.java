package io.quittance.payment.batch;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.admission.MemoryShares;
import io.quittance.web.BodyLimit;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Bodies of batches are large, and read as they arrive. Those that are read at once may take a part
 * of the memory, of which each merchant has its fair share; others are refused before they are
 * read.
 */
@Configuration(proxyBeanMethods = false)
class BatchIntake implements WebMvcConfigurer, HandlerInterceptor {

  private static final int BODY_BYTES_MAX = 8 * 1024 * 1024;

  private final MemoryShares underWay;

  BatchIntake(MeterRegistry registry) {
    underWay =
        new MemoryShares(
            "quittance.batch.bodies", "Memory that the bodies of batches under way take", registry);
  }

  @Bean
  static BodyLimit batchBodies() {
    return new BodyLimit("POST", BatchController.PATH, BODY_BYTES_MAX, true);
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns(BatchController.PATH);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (!underWay.take(request, bytes(request))) {
      throw Problem.of(
          ProblemCode.OVERLOADED, "Too many large batches are under way; nothing was started.");
    }
    return true;
  }

  @Override
  public void afterCompletion(
      HttpServletRequest request,
      HttpServletResponse response,
      Object handler,
      @Nullable Exception e) {
    underWay.giveBack(request, bytes(request));
  }

  /** Reading and refused requests come to nothing. */
  private static long bytes(HttpServletRequest request) {
    if (!request.getMethod().equals("POST")) {
      return 0;
    }
    long length = request.getContentLengthLong();
    return length < 0 ? BODY_BYTES_MAX : Math.min(length, BODY_BYTES_MAX);
  }
}
