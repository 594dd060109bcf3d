package io.quittance.payment.batch;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.admission.MemoryLimit;
import io.quittance.web.BodyLimit;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Limits the memory of batches' bodies. They are large, and read as they arrive. */
@Configuration(proxyBeanMethods = false)
class BatchIntake extends MemoryLimit {

  private static final int BODY_BYTES_MAX = 8 * 1024 * 1024;

  BatchIntake(MeterRegistry registry) {
    super(
        "quittance.batch.bodies",
        "Memory that the bodies of batches under way take",
        BatchController.PATH,
        registry);
  }

  @Bean
  static BodyLimit batchBodies() {
    return new BodyLimit("POST", BatchController.PATH, BODY_BYTES_MAX, true);
  }

  /** 0 for GET. */
  @Override
  protected long bytes(HttpServletRequest request, Object handler) {
    if (!request.getMethod().equals("POST")) {
      return 0;
    }
    long length = request.getContentLengthLong();
    return length < 0 ? BODY_BYTES_MAX : Math.min(length, BODY_BYTES_MAX);
  }

  @Override
  protected Problem refusal() {
    return Problem.of(
        ProblemCode.OVERLOADED, "Too many large batches are under way; nothing was started.");
  }
}
