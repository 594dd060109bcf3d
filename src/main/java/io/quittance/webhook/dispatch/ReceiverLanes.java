package io.quittance.webhook.dispatch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quittance.webhook.WebhookProperties;
import io.quittance.webhook.delivery.Destination;
import io.quittance.webhook.endpoint.Endpoint;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The lanes of receivers that had deliveries lately. Thread-safe. */
@Component
public final class ReceiverLanes {

  private static final int LANES_MAX = 100_000;
  private static final Duration IDLE_MAX = Duration.ofMinutes(10);

  /** The lane remembers a pause until the endpoint's row has it, a moment after the attempt. */
  private static final Duration PAUSED_BESIDE_ROW_MAX = Duration.ofSeconds(5);

  private static final Duration CLOSED_WITHOUT_ROW_MAX = Duration.ofDays(1);

  /** The operator's own receiver. */
  static final UUID OPERATOR = new UUID(0, 0);

  private final WebhookProperties properties;
  private final Cache<UUID, ReceiverLane> lanes =
      Caffeine.newBuilder().maximumSize(LANES_MAX).expireAfterAccess(IDLE_MAX).build();

  ReceiverLanes(WebhookProperties properties) {
    this.properties = properties;
  }

  ReceiverLane to(Endpoint endpoint) {
    boolean failing = endpoint.failingSince() != null;
    return lanes.get(endpoint.getId(), id -> newLane(PAUSED_BESIDE_ROW_MAX, failing));
  }

  /** The lane of a destination; null: it had no deliveries lately. */
  @Nullable ReceiverLane find(Destination destination) {
    UUID endpointId = destination.endpointId();
    return lanes.getIfPresent(endpointId == null ? OPERATOR : endpointId);
  }

  ReceiverLane toOperator() {
    return lanes.get(OPERATOR, id -> newLane(CLOSED_WITHOUT_ROW_MAX, false));
  }

  private ReceiverLane newLane(Duration pausedMax, boolean failing) {
    return new ReceiverLane(properties.perEndpoint(), properties.breakerOpen(), pausedMax, failing);
  }

  /** Forgets the lane of an endpoint, whose earlier results do not count any more. */
  public void forget(UUID endpointId) {
    lanes.invalidate(endpointId);
  }
}
