package io.quittance.payment.batch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.quittance.admission.FairShares;
import io.quittance.identity.Caller;
import io.quittance.web.BodyLimit;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Objects;
import java.util.UUID;
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
  private static final int MEMORY_PART = 4;

  private final long limitBytes = Runtime.getRuntime().maxMemory() / MEMORY_PART;
  private final FairShares underWay = new FairShares();

  BatchIntake(MeterRegistry registry) {
    Gauge.builder("quittance.batch.bodies", underWay, FairShares::total)
        .description("Memory that the bodies of batches under way take")
        .baseUnit(BaseUnits.BYTES)
        .register(registry);
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
    if (!underWay.take(merchant(request), bytes(request), limitBytes)) {
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
    underWay.giveBack(merchant(request), bytes(request));
  }

  /** Reading and refused requests come to nothing. */
  private static long bytes(HttpServletRequest request) {
    if (!request.getMethod().equals("POST")) {
      return 0;
    }
    long length = request.getContentLengthLong();
    return length < 0 ? BODY_BYTES_MAX : Math.min(length, BODY_BYTES_MAX);
  }

  /** Not the key, of which a merchant has many. */
  private static UUID merchant(HttpServletRequest request) {
    return ((Caller) Objects.requireNonNull(request.getAttribute(Caller.ATTRIBUTE))).merchantId();
  }
}
