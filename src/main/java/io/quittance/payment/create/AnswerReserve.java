package io.quittance.payment.create;

import io.quittance.concurrency.Ticker;
import java.time.Duration;

/**
 * The time to reserve so that only one in a hundred answers is late. It grows a lot with each late
 * answer and shrinks a little with each that is in time (Robbins and Monro, "A Stochastic
 * Approximation Method", 1951). It also shrinks while there are no answers, until it is zero again.
 * Thread-safe.
 */
final class AnswerReserve {

  private static final long MAX_NANOS = Duration.ofMillis(100).toNanos();
  private static final long STEP_NANOS = Duration.ofMillis(1).toNanos();
  private static final int ON_TIME_FOR_ONE_LATE = 100;

  /** Without answers, even the largest reserve is zero again in less than two minutes. */
  private static final long SHRINKS_PER_SECOND_NANOS = Duration.ofMillis(1).toNanos();

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

  /** Records an answer, late or in time. */
  synchronized void note(boolean late) {
    long change = late ? STEP_NANOS : -STEP_NANOS / ON_TIME_FOR_ONE_LATE;
    nanos = Math.clamp(left() + change, 0, MAX_NANOS);
    atNanos = ticker.nanoTime();
  }

  /** The reserve, less what it shrinks by in each second without an answer. */
  private long left() {
    long seconds = (ticker.nanoTime() - atNanos) / Duration.ofSeconds(1).toNanos();
    return Math.max(0, nanos - seconds * SHRINKS_PER_SECOND_NANOS);
  }
}
