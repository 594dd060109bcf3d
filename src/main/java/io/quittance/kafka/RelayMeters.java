package io.quittance.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quittance.kafka.Outbox.Backlog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.IntSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The relay's metrics. Thread-safe. */
final class RelayMeters {

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(30),
    Duration.ofMinutes(1),
    Duration.ofMinutes(5),
    Duration.ofHours(1)
  };

  private final MeterRegistry registry;
  private final Clock clock;
  private final Counter events;
  private final Counter failures;
  private final Timer latency;
  private volatile @Nullable Backlog backlog;

  RelayMeters(MeterRegistry registry, FailureState state, Clock clock) {
    this.registry = registry;
    this.clock = clock;
    this.events =
        Counter.builder("quittance.kafka.events")
            .description("Events that the broker acknowledged, repetitions included")
            .register(registry);
    this.failures =
        Counter.builder("quittance.kafka.failures")
            .description("Tries to send events that failed and are made again")
            .register(registry);
    this.latency =
        Timer.builder("quittance.kafka.latency")
            .description("From the event to the broker's acknowledgement")
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
    Gauge.builder("quittance.kafka.backlog", () -> waiting(Backlog::events))
        .description("Events that wait to be sent, of all replicas")
        .register(registry);
    Gauge.builder(
            "quittance.kafka.oldest.waiting",
            () -> waiting(found -> found.oldest().toMillis() / 1000.0))
        .description("How long the oldest of them has waited")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder("quittance.kafka.failing", () -> state.reason() == null ? 0 : 1)
        .description("1: the last try failed; the health endpoint and the log say why")
        .register(registry);
  }

  /** How many shards this replica relays. */
  void shards(IntSupplier count) {
    Gauge.builder("quittance.kafka.shards", count::getAsInt)
        .description("Shards that this replica relays")
        .register(registry);
  }

  void acknowledged(Instant eventTime) {
    events.increment();
    latency.record(Duration.between(eventTime, clock.instant()));
  }

  void failed() {
    failures.increment();
  }

  private double waiting(ToDoubleFunction<Backlog> figure) {
    Backlog found = backlog;
    return found == null ? Double.NaN : figure.applyAsDouble(found);
  }

  /**
   * Sets the backlog.
   *
   * @param found null: counting failed, so it is not known
   */
  void waiting(@Nullable Backlog found) {
    backlog = found;
  }

  /** The backlog; null: not known. */
  @Nullable Backlog backlog() {
    return backlog;
  }
}
