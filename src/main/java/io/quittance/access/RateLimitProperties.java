package io.quittance.access;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The rate limit of merchants without one of their own. It applies on each replica: with N replicas
 * a merchant may send up to N times as many requests.
 *
 * @param enabled whether the limit is enforced
 * @param requestsPerSecond on average
 * @param burst how many requests may come at once after a pause
 */
@ConfigurationProperties("quittance.rate-limit")
public record RateLimitProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("500") @Min(1) int requestsPerSecond,
    @DefaultValue("1000") @Min(1) int burst) {}
