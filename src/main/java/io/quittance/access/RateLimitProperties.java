package io.quittance.access;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The rate limit of merchants for whom the operator has set none. It counts on each replica:
 * requests that are spread over N replicas may be N times as many.
 *
 * @param enabled whether the limit is enforced
 * @param requestsPerSecond in the long run
 * @param burst at once, after a quiet while
 */
@ConfigurationProperties("quittance.rate-limit")
public record RateLimitProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("500") @Min(1) int requestsPerSecond,
    @DefaultValue("1000") @Min(1) int burst) {}
