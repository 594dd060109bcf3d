package io.quittance.journal;

import java.time.Duration;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Remembers which merchants sent the last commands outside of payment batches, so that low-priority
 * work knows whether others are active. Approximate: of two commands at the same time, one may be
 * lost. Thread-safe and lock-free.
 */
final class RecentMerchants {

  private record Came(UUID merchantId, long nanos) {}

  private record LastTwo(Came last, Came before) {}

  /**
   * Commands within this time are recorded once: recording each one of a flood would add nothing.
   */
  private static final long PRECISION_NANOS = Duration.ofMillis(10).toNanos();

  private static final UUID NOBODY = new UUID(0, 0);

  private final LongSupplier nanoTime;
  private volatile LastTwo two;

  RecentMerchants(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    var never = new Came(NOBODY, nanoTime.getAsLong() - Long.MAX_VALUE / 2);
    this.two = new LastTwo(never, never);
  }

  void note(UUID merchantId) {
    long now = nanoTime.getAsLong();
    LastTwo seen = two;
    if (!merchantId.equals(seen.last.merchantId)) {
      two = new LastTwo(new Came(merchantId, now), seen.last);
    } else if (now - seen.last.nanos > PRECISION_NANOS) {
      two = new LastTwo(new Came(merchantId, now), seen.before);
    }
  }

  /** Whether another merchant sent a command within this span. */
  boolean othersWithin(UUID merchantId, Duration span) {
    LastTwo seen = two;
    Came other = merchantId.equals(seen.last.merchantId) ? seen.before : seen.last;
    return nanoTime.getAsLong() - other.nanos <= span.toNanos();
  }
}
