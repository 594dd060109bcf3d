package io.quittance.idempotency;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long idempotency keys are kept.
 *
 * @param retention how long after its claim a key is kept; at least 15 minutes, because its batch
 *     may be under way, or its request may still be repeated
 * @param sweepInterval how often each replica deletes older ones
 */
@ConfigurationProperties("quittance.idempotency")
record IdempotencyProperties(
    @DefaultValue("24h") @DurationMin(minutes = 15) Duration retention,
    @DefaultValue("10s") @DurationMin(seconds = 1) Duration sweepInterval) {}
