package io.quittance.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** A token bucket for each API key that was used lately. Thread-safe. */
@Component
final class RateLimits {

  private static final int BUCKETS_MAX = 100_000;

  /** The longest that a bucket of the slowest limit needs to be full, within reason. */
  private static final Duration REMEMBERED_FOR = Duration.ofHours(1);

  private final boolean enabled;
  private final RateLimit most;
  private final Cache<UUID, Bucket> buckets =
      Caffeine.newBuilder().maximumSize(BUCKETS_MAX).expireAfterAccess(REMEMBERED_FOR).build();

  RateLimits(RateLimitProperties properties) {
    this.enabled = properties.enabled();
    this.most = new RateLimit(properties.requestsPerSecond(), properties.burst());
  }

  boolean enabled() {
    return enabled;
  }

  /** What a caller may do: its key's own limit cannot be more than the configured one. */
  RateLimit of(Caller caller) {
    return caller.rateLimit() == null ? most : caller.rateLimit().within(most);
  }

  ConsumptionProbe take(Caller caller) {
    return buckets.get(caller.keyId(), key -> full(of(caller))).tryConsumeAndReturnRemaining(1);
  }

  private static Bucket full(RateLimit limit) {
    return Bucket.builder()
        .addLimit(
            bandwidth ->
                bandwidth
                    .capacity(limit.burst())
                    .refillGreedy(limit.requestsPerSecond(), Duration.ofSeconds(1)))
        .build();
  }
}
