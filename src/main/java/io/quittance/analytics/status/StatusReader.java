package io.quittance.analytics.status;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.analytics.status.StatusBody.AdmissionStatus;
import io.quittance.analytics.status.StatusBody.BreakerState;
import io.quittance.analytics.status.StatusBody.BreakerStatus;
import io.quittance.analytics.status.StatusBody.CarrierStatus;
import io.quittance.analytics.status.StatusBody.PoolStatus;
import io.quittance.analytics.status.StatusBody.ScopeStatus;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.info.BuildProperties;
import org.springframework.stereotype.Component;

/**
 * Reads the replica's state from its meters and breakers. Callers share a result, because reading
 * goes through all meters and stops all threads for a moment. Thread-safe.
 */
@Component
final class StatusReader {

  private static final String POOL = "pool";
  private static final String SCOPE = "scope";
  private static final int PERCENT = 100;

  /** How old a shared result may be. */
  private static final Duration SHARED_FOR = Duration.ofMillis(250);

  private final LoadingCache<String, StatusBody> looks =
      Caffeine.newBuilder().expireAfterWrite(SHARED_FOR).build(_ -> readMeters());
  private final String replica;
  private final String version;
  private final MeterRegistry registry;
  private final LateQueues queues;
  private final CircuitBreakerRegistry breakers;
  private final ApplicationAvailability availability;

  StatusReader(
      ReplicaName replica,
      ObjectProvider<BuildProperties> build,
      MeterRegistry registry,
      LateQueues queues,
      CircuitBreakerRegistry breakers,
      ApplicationAvailability availability) {
    this.replica = replica.text();
    BuildProperties built = build.getIfAvailable();
    this.version = built == null ? "development" : built.getVersion();
    this.registry = registry;
    this.queues = queues;
    this.breakers = breakers;
    this.availability = availability;
  }

  /** The state a moment ago. */
  StatusBody read() {
    return looks.get(replica);
  }

  private StatusBody readMeters() {
    long[] deadlocked = ManagementFactory.getThreadMXBean().findDeadlockedThreads();
    return new StatusBody(
        replica,
        version,
        TimeUnit.MILLISECONDS.toSeconds(ManagementFactory.getRuntimeMXBean().getUptime()),
        availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC,
        values("quittance.scope.live", SCOPE).stream().map(this::scope).toList(),
        values("quittance.pool.workers", POOL).stream().map(this::pool).toList(),
        breakers.getAllCircuitBreakers().stream()
            .sorted(Comparator.comparing(CircuitBreaker::getName))
            .map(StatusReader::breaker)
            .toList(),
        new AdmissionStatus(
            sum("quittance.admission.limit"),
            sum("quittance.admission.under.way"),
            sum("quittance.admission.refused")),
        new CarrierStatus(
            sum("quittance.carriers.wanted"),
            sum("quittance.carriers"),
            sum("quittance.virtual.threads.mounted"),
            sum("quittance.virtual.threads.queued")),
        deadlocked == null ? 0 : deadlocked.length);
  }

  private ScopeStatus scope(String name) {
    return new ScopeStatus(
        name,
        value("quittance.scope.live", SCOPE, name),
        value("quittance.scope.opened", SCOPE, name),
        value("quittance.scope.canceled", SCOPE, name),
        value("quittance.scope.deadline.missed", SCOPE, name),
        value("quittance.scope.orphans", SCOPE, name));
  }

  private PoolStatus pool(String name) {
    return new PoolStatus(
        name,
        value("quittance.pool.workers", POOL, name),
        value("quittance.pool.workers.busy", POOL, name),
        value("quittance.pool.queue.depth", POOL, name),
        value("quittance.pool.queue.capacity", POOL, name),
        queues.p99Ms(name));
  }

  private static BreakerStatus breaker(CircuitBreaker breaker) {
    float rate = breaker.getMetrics().getFailureRate();
    return new BreakerStatus(
        breaker.getName(),
        BreakerState.of(breaker.getState()),
        rate < 0 ? null : Math.round(rate * PERCENT) / (double) (PERCENT * PERCENT));
  }

  /** The values that a tag of a meter has, sorted. */
  private Collection<String> values(String meter, String tag) {
    var values = new TreeSet<String>();
    for (Meter each : registry.find(meter).meters()) {
      values.add(Objects.requireNonNull(each.getId().getTag(tag)));
    }
    return values;
  }

  private long value(String meter, String tag, String value) {
    return sum(List.copyOf(registry.find(meter).tag(tag, value).meters()));
  }

  private long sum(String meter) {
    return sum(List.copyOf(registry.find(meter).meters()));
  }

  private static long sum(List<Meter> meters) {
    return Math.round(
        meters.stream()
            .flatMap(meter -> StreamSupport.stream(meter.measure().spliterator(), false))
            .mapToDouble(Measurement::getValue)
            .sum());
  }
}
