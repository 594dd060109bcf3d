package io.quittance.access;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** A token bucket for each API key that was used lately. Thread-safe. */
@Component
final class RateLimits {

  private static final int BUCKETS_MAX = 100_000;

  private final RateLimitProperties properties;
  private final LoadingCache<UUID, Bucket> buckets;

  RateLimits(RateLimitProperties properties) {
    this.properties = properties;
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(BUCKETS_MAX)
            // By then it is full again, as a new one is.
            .expireAfterAccess(refill().plusSeconds(1))
            .build(key -> full());
  }

  private Bucket full() {
    return Bucket.builder()
        .addLimit(
            limit ->
                limit
                    .capacity(properties.burst())
                    .refillGreedy(properties.requestsPerSecond(), Duration.ofSeconds(1)))
        .build();
  }

  /** How long an empty bucket takes to be full. */
  Duration refill() {
    return Duration.ofMillis(1000L * properties.burst() / properties.requestsPerSecond());
  }

  ConsumptionProbe take(UUID keyId) {
    return buckets.get(keyId).tryConsumeAndReturnRemaining(1);
  }

  boolean enabled() {
    return properties.enabled();
  }

  int burst() {
    return properties.burst();
  }
}
