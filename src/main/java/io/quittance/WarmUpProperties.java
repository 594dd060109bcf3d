package io.quittance;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long readiness waits for the code to be warm ({@link WarmUp}).
 *
 * @param limit the longest wait; 0: no warm-up
 */
@ConfigurationProperties("quittance.warm-up")
record WarmUpProperties(@DefaultValue("0s") Duration limit) {

  private static final Duration LIMIT_MAX = Duration.ofMinutes(5);

  WarmUpProperties {
    if (limit.isNegative() || limit.compareTo(LIMIT_MAX) > 0) {
      throw new IllegalArgumentException(
          "quittance.warm-up.limit: from 0 to 5 minutes, not " + limit);
    }
  }
}
