package io.quittance.payment.dependency;

import io.quittance.concurrency.Ticker;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The longest duration of the calls that succeeded in the last seconds: of this period and the one
 * before, so that one slow call is forgotten soon. When none has succeeded since, it is that of the
 * last period that had a success, up to a limit, until the next success. Thread-safe; a call that
 * is not the longest writes nothing.
 */
final class RecentSuccesses {

  private static final long PERIOD_NANOS = Duration.ofSeconds(2).toNanos();

  /**
   * A period in which a call has succeeded.
   *
   * @param longestBefore of the period just before it; zero: none succeeded in it
   */
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

    long longestAt(long now, long olderMax) {
      if (now <= number + 1) {
        Period then = at(now);
        return Math.max(then.longest(), then.longestBefore());
      }
      return Math.min(longest, olderMax);
    }
  }

  private final Ticker ticker;
  private final long olderMaxNanos;
  private final long startNanos;
  private final AtomicReference<Period> present = new AtomicReference<>(new Period(0, 0, 0));

  /**
   * @param olderMax the most that counts of an older success. A dependency that hangs may have been
   *     slow just before: callers with the default deadline must still be believed
   */
  RecentSuccesses(Ticker ticker, Duration olderMax) {
    this.ticker = ticker;
    this.olderMaxNanos = olderMax.toNanos();
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

  /**
   * The longest call of the last two to four seconds. If none has succeeded in them, the longest of
   * the last ones that did, up to the limit; zero if none ever has.
   */
  Duration longest() {
    return Duration.ofNanos(present().longestAt(number(), olderMaxNanos));
  }

  private Period present() {
    return Objects.requireNonNull(present.get());
  }

  private long number() {
    return (ticker.nanoTime() - startNanos) / PERIOD_NANOS;
  }
}
