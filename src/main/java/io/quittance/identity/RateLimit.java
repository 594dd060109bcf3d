package io.quittance.identity;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;

/**
 * The rate and size of a token bucket.
 *
 * @param requestsPerSecond in the long run
 * @param burst at once, after a quiet while
 */
public record RateLimit(
    @NotNull @Min(1) @Max(1_000_000) Integer requestsPerSecond,
    @NotNull @Min(1) @Max(1_000_000) Integer burst) {

  /** The lower rate and the lower burst of both. */
  public RateLimit within(RateLimit other) {
    return new RateLimit(
        Math.min(requestsPerSecond, other.requestsPerSecond), Math.min(burst, other.burst));
  }

  /** How long an empty bucket takes to refill. */
  public Duration refill() {
    return Duration.ofMillis(1000L * burst / requestsPerSecond);
  }
}
