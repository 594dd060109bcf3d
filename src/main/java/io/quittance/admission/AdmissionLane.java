package io.quittance.admission;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The requests under way in one lane, and their limit. It follows the time that the lane's work
 * takes: a tenth less while that is longer than it should be, a twentieth more while the limit is
 * reached and it is not (additive increase would be slow to find a limit of a thousand). It starts
 * high, so that a burst is admitted, and returns there when there is little load. When the limit is
 * reached, each merchant may have its fair share of it. Thread-safe.
 *
 * @see <a href="https://sre.google/sre-book/handling-overload/">Handling Overload, in: Site
 *     Reliability Engineering</a>
 */
final class AdmissionLane {

  /**
   * The bounds of the limit, and its first value.
   *
   * @param targetTime how long the work may take before the limit is lowered
   */
  record Range(int floor, int start, int ceiling, Duration targetTime) {}

  /** How long requests wait now for the work that they are admitted to. */
  interface WaitingTime {

    /** No request waits. */
    WaitingTime NONE =
        new WaitingTime() {
          @Override
          public Duration of(UUID party) {
            return Duration.ZERO;
          }

          @Override
          public Duration longest() {
            return Duration.ZERO;
          }
        };

    /** An estimate for a new request of this party. */
    Duration of(UUID party);

    /** That of the party with most to do. */
    Duration longest();
  }

  private static final long INTERVAL_NANOS = 100_000_000;

  /** After this time without requests the limit is reset to its first value. */
  private static final long FORGOTTEN_NANOS = 5_000_000_000L;

  private static final Duration RETRY_AFTER_MAX = Duration.ofSeconds(30);

  private final String name;
  private final Range range;
  private final WaitingTime waitingTime;
  private final LongSupplier nanoTime;
  private final AtomicLong adjustedNanos;
  private final FairShares underWay = new FairShares();
  private final AtomicLong mostUnderWay = new AtomicLong();
  private final LongAdder done = new LongAdder();
  private final Map<Priority, LongAdder> refused = new EnumMap<>(Priority.class);
  private volatile int limit;
  private volatile double donePerSecond;

  AdmissionLane(String name, Range range, WaitingTime waitingTime, LongSupplier nanoTime) {
    this.name = name;
    this.range = range;
    this.waitingTime = waitingTime;
    this.nanoTime = nanoTime;
    this.adjustedNanos = new AtomicLong(nanoTime.getAsLong());
    this.limit = range.start();
    for (Priority priority : Priority.values()) {
      refused.put(priority, new LongAdder());
    }
  }

  /** Takes a place, if there is one; if it returns true, the party must {@link #leave}. */
  boolean enter(UUID party, AdmissionRequest admissionRequest) {
    adjustWhenDue();
    if (cannotMeetDeadline(party, admissionRequest)
        || !underWay.take(party, 1, admissionRequest.priority().of(limit))) {
      return false;
    }
    mostUnderWay.accumulateAndGet(underWay.total(), Math::max);
    return true;
  }

  /** Takes a place, whether there is one or not. */
  void forceEnter(UUID party) {
    underWay.force(party, 1);
  }

  boolean hasRoom(UUID party, AdmissionRequest admissionRequest) {
    adjustWhenDue();
    return !cannotMeetDeadline(party, admissionRequest)
        && underWay.mayTake(party, 1, admissionRequest.priority().of(limit));
  }

  /**
   * Whether the expected time exceeds the request's deadline. Does not apply to requests that
   * repeat or read what is under way: these are always answered.
   */
  private boolean cannotMeetDeadline(UUID party, AdmissionRequest admissionRequest) {
    return admissionRequest.priority() != Priority.UNDER_WAY
        && admissionRequest.priority() != Priority.REPORT
        && admissionRequest.patience().compareTo(waitingTime.of(party)) < 0;
  }

  void leave(UUID party) {
    underWay.giveBack(party, 1);
    done.increment();
  }

  /** An estimate of when the requests under way will be done, at the rate of the last seconds. */
  Duration retryAfter() {
    double seconds = underWay.total() / Math.max(donePerSecond, 0.1);
    Duration drained = Duration.ofMillis((long) (seconds * 1000));
    return drained.compareTo(RETRY_AFTER_MAX) < 0 ? drained : RETRY_AFTER_MAX;
  }

  /** Called by arriving requests instead of a scheduler, so that no other job can delay it. */
  private void adjustWhenDue() {
    long now = nanoTime.getAsLong();
    long last = adjustedNanos.get();
    if (now - last >= INTERVAL_NANOS && adjustedNanos.compareAndSet(last, now)) {
      adjust(now - last);
    }
  }

  private void adjust(long nanos) {
    donePerSecond += (done.sumThenReset() * (1e9 / nanos) - donePerSecond) / 10;
    boolean reached = mostUnderWay.getAndSet(underWay.total()) >= Priority.BEGINNING.of(limit);
    if (nanos > FORGOTTEN_NANOS) {
      limit = range.start();
    } else if (waitingTime.longest().compareTo(range.targetTime()) > 0) {
      limit = Math.max(range.floor(), limit - Math.max(1, limit / 10));
    } else if (reached || limit < range.start()) {
      int most = reached ? range.ceiling() : range.start();
      limit = Math.min(most, limit + Math.max(1, limit / 20));
    }
  }

  void countRefusal(Priority priority) {
    Objects.requireNonNull(refused.get(priority)).increment();
  }

  long refused(Priority priority) {
    return Objects.requireNonNull(refused.get(priority)).sum();
  }

  String name() {
    return name;
  }

  int limit() {
    return limit;
  }

  long underWay() {
    return underWay.total();
  }
}
