package io.quittance.analytics.status;

import com.fasterxml.jackson.annotation.JsonValue;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a replica is doing, as JSON. Counters count from its start.
 *
 * @param deadlocks deadlocked platform threads
 */
record StatusBody(
    String replica,
    String version,
    long uptimeSeconds,
    boolean ready,
    List<ScopeStatus> scopes,
    List<PoolStatus> pools,
    List<BreakerStatus> breakers,
    AdmissionStatus admission,
    CarrierStatus carriers,
    int deadlocks) {

  /** All deadline scopes of a name. */
  record ScopeStatus(
      String name, long live, long opened, long canceled, long deadlineMissed, long orphans) {}

  /**
   * A worker pool.
   *
   * @param queuedP99Ms of the last minute or two, 0 without jobs
   */
  record PoolStatus(
      String name, long workers, long busy, long depth, long capacity, double queuedP99Ms) {}

  /**
   * A circuit breaker.
   *
   * @param failureRate 0 to 1; null: too few calls to tell
   */
  record BreakerStatus(String name, BreakerState state, @Nullable Double failureRate) {}

  /** Whether a breaker lets calls through. */
  enum BreakerState {
    CLOSED,
    HALF_OPEN,
    OPEN;

    @JsonValue
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static BreakerState of(CircuitBreaker.State state) {
      return switch (state) {
        case CLOSED, DISABLED, METRICS_ONLY -> CLOSED;
        case HALF_OPEN -> HALF_OPEN;
        case OPEN, FORCED_OPEN -> OPEN;
      };
    }
  }

  /** Requests that are let in. */
  record AdmissionStatus(long limit, long underWay, long refused) {}

  /**
   * The platform threads that virtual threads run on.
   *
   * @param threads live threads; more than {@code parallelism} while some are pinned
   * @param mounted running virtual threads
   * @param queued virtual threads that wait for a carrier
   */
  record CarrierStatus(long parallelism, long threads, long mounted, long queued) {}
}
