package io.quittance.notification;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.quittance.concurrency.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What this replica has under way to one receiver: a few attempts at once, a few that wait, and a
 * breaker, so that a slow or dead receiver holds up itself only. Thread-safe.
 */
final class Lane {

  /** What becomes of a parcel that is offered. */
  sealed interface Offer {

    /** It is taken, and a sender has to take a turn for it. */
    record Turn() implements Offer {}

    /** It is taken, and a turn that is under way will come to it. */
    record Waits() implements Offer {}

    /** It is not taken; again after the pause. */
    record Later(Duration pause) implements Offer {}
  }

  private static final int WAITING_MAX = 256;
  private static final int WAITING_WHILE_FAILING_MAX = 8;

  /** Attempts at once before anything is known of the receiver. */
  private static final int ALLOWED_AT_FIRST = 4;

  private static final long PAUSE_MIN_MS = 1_000;
  private static final long PAUSE_MAX_MS = 60_000;

  /** Opens when nothing succeeds: a receiver that refuses some events still gets the others. */
  private static final CircuitBreakerConfig BREAKER =
      CircuitBreakerConfig.custom()
          .slidingWindowSize(10)
          .minimumNumberOfCalls(3)
          .failureRateThreshold(100)
          .permittedNumberOfCallsInHalfOpenState(1)
          .build();

  private final CircuitBreaker breaker = CircuitBreaker.of("endpoint", BREAKER);
  private final int limit;
  private final Duration open;
  private final ArrayDeque<Parcel> waiting = new ArrayDeque<>();
  private int underWay;

  /** One more with each success, half with each failure: who wastes senders' time gets few. */
  private int allowed;

  private int turnedAway;
  private long averageMs;
  private Deadline closedUntil = Deadline.after(Duration.ZERO);

  /**
   * A lane with nothing in it.
   *
   * @param limit attempts at once, at most
   * @param open how long an open breaker keeps parcels away; the first one after that is the probe
   * @param failing whether nothing has succeeded lately
   */
  Lane(int limit, Duration open, boolean failing) {
    this.limit = limit;
    this.open = open;
    this.allowed = failing ? 1 : Math.min(limit, ALLOWED_AT_FIRST);
  }

  synchronized Offer offer(Parcel parcel) {
    if (!closedUntil.expired()) {
      return later(closedUntil.remaining().toMillis());
    }
    if (breaker.getState() == State.OPEN) {
      breaker.transitionToHalfOpenState();
    }
    if (waiting.size()
        >= (limit() < Math.min(limit, 2) ? WAITING_WHILE_FAILING_MAX : WAITING_MAX)) {
      return later(0);
    }
    turnedAway = underWay == 0 ? 0 : Math.max(0, turnedAway - 1);
    waiting.addLast(parcel);
    if (underWay >= limit()) {
      return new Offer.Waits();
    }
    underWay++;
    return new Offer.Turn();
  }

  /** As many come back at once as the receiver can take in that time, more or less. */
  private Offer later(long fromMs) {
    long drainMs = ++turnedAway * averageMs / limit();
    return new Offer.Later(
        Duration.ofMillis(fromMs + Math.clamp(drainMs, PAUSE_MIN_MS, PAUSE_MAX_MS)));
  }

  /** The next parcel of a turn; null: the turn is over. Whoever gets one reports how it went. */
  synchronized @Nullable Parcel next() {
    while (!waiting.isEmpty() && underWay <= limit()) {
      Parcel parcel = waiting.removeFirst();
      // What is dropped here is claimed again when its lease ends, by whichever replica.
      if (!parcel.delivery().startBy().expired() && breaker.tryAcquirePermission()) {
        return parcel;
      }
    }
    underWay--;
    return null;
  }

  private int limit() {
    return breaker.getState() == State.CLOSED ? allowed : 1;
  }

  synchronized void succeeded(Duration took) {
    allowed = Math.min(limit, allowed + 1);
    breaker.onSuccess(took.toNanos(), TimeUnit.NANOSECONDS);
    note(took);
  }

  /**
   * Notes a failure.
   *
   * @param retryAfter how long the receiver wants to be left alone; null: it did not say
   */
  synchronized void failed(Duration took, Throwable failure, @Nullable Duration retryAfter) {
    allowed = Math.max(1, allowed / 2);
    breaker.onError(took.toNanos(), TimeUnit.NANOSECONDS, failure);
    note(took);
    if (retryAfter != null) {
      closedUntil = Deadline.after(retryAfter);
    } else if (breaker.getState() == State.OPEN) {
      closedUntil = Deadline.after(open);
    }
  }

  private void note(Duration took) {
    averageMs += (took.toMillis() - averageMs) / 8;
  }
}
