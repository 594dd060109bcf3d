package io.quittance.payment.dependency;

import io.quittance.concurrency.Ticker;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The longest duration of the calls that succeeded in the last seconds: of this period and the one
 * before, so that one slow call is forgotten soon. Thread-safe; a call that is not the longest
 * writes nothing.
 */
final class RecentSuccesses {

  private static final long PERIOD_NANOS = Duration.ofSeconds(2).toNanos();

  private record Period(long number, long longest, long longestBefore) {

    Period at(long now) {
      if (now <= number) {
        return this;
      }
      return new Period(now, 0, now == number + 1 ? longest : 0);
    }

    Period with(long nanos) {
      return nanos <= longest ? this : new Period(number, nanos, longestBefore);
    }
  }

  private final Ticker ticker;
  private final long startNanos;
  private final AtomicReference<Period> present = new AtomicReference<>(new Period(0, 0, 0));

  RecentSuccesses(Ticker ticker) {
    this.ticker = ticker;
    this.startNanos = ticker.nanoTime();
  }

  /** Records a call that has just succeeded. */
  void add(long nanos) {
    Period seen = present();
    Period next = next(seen, nanos);
    while (next != seen && !present.compareAndSet(seen, next)) {
      seen = present();
      next = next(seen, nanos);
    }
  }

  private Period next(Period seen, long nanos) {
    return seen.at(number()).with(nanos);
  }

  /** The longest call of the last two to four seconds; zero if none has succeeded. */
  Duration longest() {
    Period now = present().at(number());
    return Duration.ofNanos(Math.max(now.longest(), now.longestBefore()));
  }

  private Period present() {
    return Objects.requireNonNull(present.get());
  }

  private long number() {
    return (ticker.nanoTime() - startNanos) / PERIOD_NANOS;
  }
}
