package io.quittance.idempotency;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long idempotency keys are kept.
 *
 * @param retention from when a key was claimed; younger ones than 15 minutes could belong to a
 *     batch that is under way, or to a request that is still being repeated
 * @param sweepInterval how often each replica looks for older ones
 */
@ConfigurationProperties("quittance.idempotency")
record IdempotencyProperties(
    @DefaultValue("24h") @DurationMin(minutes = 15) Duration retention,
    @DefaultValue("10s") @DurationMin(seconds = 1) Duration sweepInterval) {}
