package io.quittance.journal;

import java.time.Duration;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Remembers whose commands came last, of those outside of batches, so that work which can wait
 * knows whether it is alone. About: of two that come at once, one may be forgotten. Thread-safe,
 * and waits for nobody.
 */
final class RecentMerchants {

  private record Came(UUID merchantId, long nanos) {}

  private record LastTwo(Came last, Came before) {}

  /** To remember each of a flood's commands would say no more. */
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

  /** Whether a command of anybody else came within the last while. */
  boolean othersWithin(UUID merchantId, Duration span) {
    LastTwo seen = two;
    Came other = merchantId.equals(seen.last.merchantId) ? seen.before : seen.last;
    return nanoTime.getAsLong() - other.nanos <= span.toNanos();
  }
}
