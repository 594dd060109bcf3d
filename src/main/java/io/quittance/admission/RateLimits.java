package io.quittance.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.quittance.access.RateLimitProperties;
import io.quittance.identity.Caller;
import io.quittance.identity.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Token buckets of merchants that sent requests lately, and of keys that have a limit of their own:
 * a key cannot have more than its merchant. A limit that changes starts with a full bucket.
 * Thread-safe.
 *
 * <p>The buckets are Bucket4j's. Ours is what it lacks: a request counts against two of them, or
 * against none.
 */
@Component
final class RateLimits {

  /** A limit that a request is counted against, and what is left of it. */
  record Taken(String policy, RateLimit limit, ConsumptionProbe probe) {}

  private record Holder(UUID id, RateLimit limit) {}

  private static final int BUCKETS_MAX = 100_000;

  /** How long an unused bucket is kept: long enough for slow limits to refill. */
  private static final Duration REMEMBERED_FOR = Duration.ofHours(1);

  private final boolean enabled;
  private final Cache<Holder, Bucket> buckets =
      Caffeine.newBuilder().maximumSize(BUCKETS_MAX).expireAfterAccess(REMEMBERED_FOR).build();

  RateLimits(RateLimitProperties properties) {
    this.enabled = properties.enabled();
  }

  boolean enabled() {
    return enabled;
  }

  /**
   * Takes a token from each limit of a caller, or none. If one is refused, the last limit in the
   * list is the one with no token left.
   */
  List<Taken> take(Caller caller) {
    RateLimit ofMerchant = caller.terms().rateLimit();
    RateLimit ofKey =
        caller.rateLimit() == null ? ofMerchant : caller.rateLimit().within(ofMerchant);
    if (ofKey.equals(ofMerchant)) {
      return List.of(take("merchant", caller.merchantId(), ofMerchant));
    }
    Taken key = take("key", caller.keyId(), ofKey);
    if (!key.probe().isConsumed()) {
      return List.of(key);
    }
    Taken merchant = take("merchant", caller.merchantId(), ofMerchant);
    if (!merchant.probe().isConsumed()) {
      bucket(caller.keyId(), ofKey).addTokens(1);
    }
    return List.of(key, merchant);
  }

  private Taken take(String policy, UUID id, RateLimit limit) {
    return new Taken(policy, limit, bucket(id, limit).tryConsumeAndReturnRemaining(1));
  }

  private Bucket bucket(UUID id, RateLimit limit) {
    return buckets.get(new Holder(id, limit), holder -> full(holder.limit()));
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
