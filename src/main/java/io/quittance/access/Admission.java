package io.quittance.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Limits how many requests are under way at once. The limit follows the {@link Backlog}: a tenth
 * less while work takes longer than it should, a twentieth more while the limit is reached and it
 * does not (additive increase would be slow to find a limit of a thousand). It begins at half the
 * ceiling, so that a burst meets an open door, and comes back there when there is little to do.
 * Thread-safe.
 *
 * @see <a href="https://sre.google/sre-book/handling-overload/">Handling Overload, in: Site
 *     Reliability Engineering</a>
 */
@Component
final class Admission {

  /** The beginning of the paths that it is about. */
  static final String PATHS = "/v1/";

  private static final long INTERVAL_NANOS = 100_000_000;

  /** Whoever comes after so long a silence meets the limit of the beginning. */
  private static final long FORGOTTEN_NANOS = 5_000_000_000L;

  private static final Duration RETRY_AFTER_MAX = Duration.ofSeconds(30);

  private final AdmissionProperties properties;
  private final Backlog backlog;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger mostUnderWay = new AtomicInteger();
  private final LongAdder done = new LongAdder();
  private final Map<Priority, Counter> refused = new EnumMap<>(Priority.class);
  private final LongSupplier nanoTime;
  private final AtomicLong adjustedNanos;
  private final int start;
  private volatile int limit;
  private volatile double donePerSecond;

  @Autowired
  Admission(AdmissionProperties properties, Backlog backlog, MeterRegistry registry) {
    this(properties, backlog, registry, System::nanoTime);
  }

  Admission(
      AdmissionProperties properties,
      Backlog backlog,
      MeterRegistry registry,
      LongSupplier nanoTime) {
    this.properties = properties;
    this.backlog = backlog;
    this.nanoTime = nanoTime;
    this.adjustedNanos = new AtomicLong(nanoTime.getAsLong());
    this.start = Math.max(properties.floor(), properties.ceiling() / 2);
    this.limit = start;
    Gauge.builder("admission.limit", this, admission -> admission.limit)
        .description("Requests that may be under way at once")
        .register(registry);
    Gauge.builder("admission.under.way", underWay, AtomicInteger::get)
        .description("Requests under way")
        .register(registry);
    for (Priority priority : Priority.values()) {
      refused.put(
          priority,
          Counter.builder("admission.refused")
              .description("Requests that were refused as too many")
              .tag("priority", priority.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
  }

  /** Lets a request in, or not: whether it is in; then it must {@link #leave}. */
  boolean enter(Arrival arrival) {
    if (!hasRoom(arrival)) {
      return false;
    }
    int now = underWay.incrementAndGet();
    if (properties.enabled() && now > arrival.priority().of(limit)) {
      underWay.decrementAndGet();
      return refuse(arrival.priority());
    }
    mostUnderWay.accumulateAndGet(now, Math::max);
    return true;
  }

  /** Whether a request would be let in now; if not, it counts as refused. */
  boolean hasRoom(Arrival arrival) {
    adjustWhenDue();
    return !properties.enabled()
        || (underWay.get() < arrival.priority().of(limit) && !hopeless(arrival))
        || refuse(arrival.priority());
  }

  /** What is under way is known, and is answered whatever it takes. */
  private boolean hopeless(Arrival arrival) {
    return arrival.priority() != Priority.UNDER_WAY
        && arrival.priority() != Priority.REPORT
        && arrival.patience().compareTo(backlog.expectedTime()) < 0;
  }

  private boolean refuse(Priority priority) {
    Objects.requireNonNull(refused.get(priority)).increment();
    return false;
  }

  void leave() {
    underWay.decrementAndGet();
    done.increment();
  }

  /** What those are told who are not let in. */
  Problem refusal() {
    return Problem.of(ProblemCode.OVERLOADED, "Nothing was begun. Try again a little later.")
        .retryAfter(retryAfter());
  }

  /** When what is under way now will be done, at the pace of the last seconds. */
  Duration retryAfter() {
    double seconds = underWay.get() / Math.max(donePerSecond, 0.1);
    Duration drained = Duration.ofMillis((long) (seconds * 1000));
    return drained.compareTo(RETRY_AFTER_MAX) < 0 ? drained : RETRY_AFTER_MAX;
  }

  /** By whoever comes, so that nothing that hangs elsewhere holds it up. */
  private void adjustWhenDue() {
    long now = nanoTime.getAsLong();
    long last = adjustedNanos.get();
    if (now - last >= INTERVAL_NANOS && adjustedNanos.compareAndSet(last, now)) {
      adjust(now - last);
    }
  }

  private void adjust(long nanos) {
    donePerSecond += (done.sumThenReset() * (1e9 / nanos) - donePerSecond) / 10;
    boolean reached = mostUnderWay.getAndSet(underWay.get()) >= Priority.BEGINNING.of(limit);
    if (nanos > FORGOTTEN_NANOS) {
      limit = start;
    } else if (backlog.expectedTime().compareTo(properties.targetTime()) > 0) {
      limit = Math.max(properties.floor(), limit - Math.max(1, limit / 10));
    } else if (reached || limit < start) {
      int most = reached ? properties.ceiling() : start;
      limit = Math.min(most, limit + Math.max(1, limit / 20));
    }
  }

  int limit() {
    return limit;
  }
}
