package io.quittance.fraud;

import io.quittance.web.BodyLimit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The body limit of fraud rules. */
@Configuration(proxyBeanMethods = false)
class FraudConfiguration {

  private static final int RULES_BYTES_MAX = 1_048_576;

  /** A rule set with {@link Rule#MAX_LIST} accounts on its lists is large. */
  @Bean
  BodyLimit ruleSets() {
    return new BodyLimit("PUT", "/v1/fraud/rules", RULES_BYTES_MAX);
  }
}
