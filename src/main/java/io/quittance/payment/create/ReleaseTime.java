package io.quittance.payment.create;

import io.quittance.journal.Journal;
import io.quittance.payment.model.PaymentOrder;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import org.springframework.stereotype.Component;

/**
 * What it takes to give a hold back and answer, once screening has run out of time. The journal
 * knows an average; what has to be added to it so that one answer in a hundred is late, each lane
 * learns from its answers: much from one that was late, little from one that was not (Robbins and
 * Monro, "A Stochastic Approximation Method", 1951). Thread-safe.
 */
@Component
final class ReleaseTime {

  /** What an answer takes after the journal has spoken. */
  private static final Duration ANSWER_TIME = Duration.ofMillis(10);

  /** What a lane that is stuck may cost screenings that are only slow. */
  private static final Duration LEARNED_MAX = Duration.ofMillis(100);

  /** What is added after an answer that was late, and a hundredth of it taken off after others. */
  private static final long STEP_NANOS = 1_000_000;

  private static final int ON_TIME_FOR_ONE_LATE = 100;

  /** No more than one part in so many of what is left is kept back. */
  private static final int PART_MAX = 4;

  private final Journal journal;

  /** By lane. */
  private final AtomicLongArray learnedNanos;

  ReleaseTime(Journal journal) {
    this.journal = journal;
    this.learnedNanos = new AtomicLongArray(journal.lanes());
  }

  /** How much of a payment's deadline is to be kept back now. */
  Duration of(PaymentOrder order) {
    Duration expected = journal.expectedTime(order.merchantId());
    long wantedNanos =
        2 * expected.toNanos() + ANSWER_TIME.toNanos() + learnedNanos.get(lane(order));
    long mostNanos = order.deadline().remaining().toNanos() / PART_MAX;
    return Duration.ofNanos(Math.min(wantedNanos, mostNanos));
  }

  /** A payment whose screening was late has been released, and can be answered now. */
  void released(PaymentOrder order) {
    boolean late = order.deadline().remaining().compareTo(ANSWER_TIME) < 0;
    long change = late ? STEP_NANOS : -STEP_NANOS / ON_TIME_FOR_ONE_LATE;
    learnedNanos.accumulateAndGet(
        lane(order),
        change,
        (learned, more) -> Math.clamp(learned + more, 0, LEARNED_MAX.toNanos()));
  }

  private int lane(PaymentOrder order) {
    return journal.laneOf(order.merchantId());
  }
}
