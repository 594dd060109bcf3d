package io.quittance.payment.create;

import io.quittance.concurrency.Ticker;
import java.time.Duration;

/**
 * How much earlier work has to begin for one of a hundred to end late: it grows by much with each
 * that was late, and shrinks by little with each that was not (Robbins and Monro, "A Stochastic
 * Approximation Method", 1951). It also shrinks while nothing ends, so that what is over is
 * forgotten. Thread-safe.
 */
final class AnswerReserve {

  private static final long MAX_NANOS = Duration.ofMillis(100).toNanos();
  private static final long STEP_NANOS = Duration.ofMillis(1).toNanos();
  private static final int ON_TIME_FOR_ONE_LATE = 100;

  /** Even the largest is forgotten in less than two minutes. */
  private static final long FORGOTTEN_PER_SECOND_NANOS = Duration.ofMillis(1).toNanos();

  private final Ticker ticker;
  private long nanos;
  private long atNanos;

  AnswerReserve(Ticker ticker) {
    this.ticker = ticker;
    this.atNanos = ticker.nanoTime();
  }

  synchronized Duration get() {
    return Duration.ofNanos(left());
  }

  /** Something has ended, late or not. */
  synchronized void note(boolean late) {
    long change = late ? STEP_NANOS : -STEP_NANOS / ON_TIME_FOR_ONE_LATE;
    nanos = Math.clamp(left() + change, 0, MAX_NANOS);
    atNanos = ticker.nanoTime();
  }

  /** It shrinks with each second in which nothing ended. */
  private long left() {
    long seconds = (ticker.nanoTime() - atNanos) / Duration.ofSeconds(1).toNanos();
    return Math.max(0, nanos - seconds * FORGOTTEN_PER_SECOND_NANOS);
  }
}
