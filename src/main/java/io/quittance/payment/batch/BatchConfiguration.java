package io.quittance.payment.batch;

import io.quittance.web.BodyLimit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Bodies of batches are large, and read as they arrive. */
@Configuration(proxyBeanMethods = false)
class BatchConfiguration {

  private static final int BODY_BYTES_MAX = 8 * 1024 * 1024;

  @Bean
  BodyLimit batchBodies() {
    return new BodyLimit("POST", BatchController.PATH, BODY_BYTES_MAX, true);
  }
}
