package io.quittance.notification;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** A lane for each receiver that had something to take lately. Thread-safe. */
@Component
final class Lanes {

  private static final int LANES_MAX = 100_000;
  private static final Duration IDLE_MAX = Duration.ofMinutes(10);

  /** The operator's own receiver. */
  private static final UUID OPERATOR = new UUID(0, 0);

  private final NotificationProperties properties;
  private final Cache<UUID, Lane> lanes =
      Caffeine.newBuilder().maximumSize(LANES_MAX).expireAfterAccess(IDLE_MAX).build();

  Lanes(NotificationProperties properties) {
    this.properties = properties;
  }

  Lane to(Endpoint endpoint) {
    return lanes.get(endpoint.getId(), id -> lane(endpoint.failingSince() != null));
  }

  Lane toOperator() {
    return lanes.get(OPERATOR, id -> lane(false));
  }

  private Lane lane(boolean failing) {
    return new Lane(properties.perEndpoint(), properties.breakerOpen(), failing);
  }

  /** Starts afresh with an endpoint: what it did before says nothing any more. */
  void forget(UUID endpointId) {
    lanes.invalidate(endpointId);
  }
}
