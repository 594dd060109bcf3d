package io.quittance.kafka;

import io.quittance.kafka.Outbox.Backlog;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * Shows what waits for Kafka, and why. Never down: payments need no broker, so a replica stays in
 * service. Thread-safe.
 */
final class RelayHealth implements HealthIndicator {

  private final Relay relay;
  private final FailureState state;
  private final RelayMeters meters;

  RelayHealth(Relay relay, FailureState state, RelayMeters meters) {
    this.relay = relay;
    this.state = state;
    this.meters = meters;
  }

  @Override
  public Health health() {
    String reason = state.reason();
    Health.Builder health =
        reason == null ? Health.up() : Health.unknown().withDetail("reason", reason);
    health.withDetail("shards", relay.shards());
    Backlog backlog = meters.backlog();
    if (backlog != null) {
      health
          .withDetail("backlog", backlog.events())
          .withDetail("oldest_waiting_seconds", backlog.oldest().toSeconds());
    }
    return health.build();
  }
}
