package io.quittance.analytics.stream;

import io.quittance.kafka.FailureState;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * Shows why events are not taken or counted. Never down: payments need no broker, so a replica
 * stays in service. Thread-safe.
 */
final class StreamHealth implements HealthIndicator {

  private final KafkaEngine engine;
  private final FailureState state;

  StreamHealth(KafkaEngine engine, FailureState state) {
    this.engine = engine;
    this.state = state;
  }

  @Override
  public Health health() {
    String reason = state.reason();
    Health.Builder health =
        reason == null ? Health.up() : Health.unknown().withDetail("reason", reason);
    return health
        .withDetail("partitions", engine.partitions())
        .withDetail("records_waiting", engine.lag())
        .build();
  }
}
