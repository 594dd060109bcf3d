package io.quittance.payment.create;

import io.quittance.concurrency.Ticker;
import java.time.Duration;

/**
 * The time to reserve so that only one in a hundred answers is late. It grows a lot with each late
 * answer and shrinks a little with each that is in time (Robbins and Monro, "A Stochastic
 * Approximation Method", 1951). While there are no answers it returns to what it was at first: code
 * that has not run lately is slow. Thread-safe.
 */
final class AnswerReserve {

  private static final long MAX_NANOS = Duration.ofMillis(100).toNanos();
  private static final long STEP_NANOS = Duration.ofMillis(1).toNanos();
  private static final int ON_TIME_FOR_ONE_LATE = 100;

  /** While nothing is known: as late as the first answers of a replica are. */
  private static final long UNTAUGHT_NANOS = Duration.ofMillis(40).toNanos();

  /** Without answers, any reserve is back at the first one after a minute. */
  private static final long RETURNS_PER_SECOND_NANOS = Duration.ofMillis(1).toNanos();

  private final Ticker ticker;
  private long nanos = UNTAUGHT_NANOS;
  private long atNanos;

  AnswerReserve(Ticker ticker) {
    this.ticker = ticker;
    this.atNanos = ticker.nanoTime();
  }

  synchronized Duration get() {
    return Duration.ofNanos(current());
  }

  /** Records an answer, late or in time. */
  synchronized void note(boolean late) {
    long change = late ? STEP_NANOS : -STEP_NANOS / ON_TIME_FOR_ONE_LATE;
    nanos = Math.clamp(current() + change, 0, MAX_NANOS);
    atNanos = ticker.nanoTime();
  }

  /** The reserve, which in each second without an answer has come closer to the first one. */
  private long current() {
    long seconds = (ticker.nanoTime() - atNanos) / Duration.ofSeconds(1).toNanos();
    long most = seconds * RETURNS_PER_SECOND_NANOS;
    return nanos + Math.clamp(UNTAUGHT_NANOS - nanos, -most, most);
  }
}
