package io.quittance.idempotency;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long idempotency keys are kept.
 *
 * @param retention from when a key was claimed; younger ones than 5 minutes could belong to a
 *     request that is still being repeated
 * @param sweepInterval how often each replica looks for older ones
 */
@ConfigurationProperties("quittance.idempotency")
record IdempotencyProperties(
    @DefaultValue("24h") Duration retention, @DefaultValue("10s") Duration sweepInterval) {

  private static final Duration RETENTION_MIN = Duration.ofMinutes(5);

  IdempotencyProperties {
    if (retention.compareTo(RETENTION_MIN) < 0) {
      throw new IllegalArgumentException(
          "quittance.idempotency.retention: at least 5m, not " + retention);
    }
  }
}
