package io.quittance.webhook.dispatch;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.payment.event.EventLog;
import io.quittance.payment.event.EventLog.StoredEvent;
import io.quittance.webhook.WebhookProperties;
import io.quittance.webhook.delivery.Attempt;
import io.quittance.webhook.delivery.AttemptWriter;
import io.quittance.webhook.delivery.DeadLetters;
import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import io.quittance.webhook.endpoint.Endpoint;
import io.quittance.webhook.endpoint.Endpoints;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Delivers events at least once: puts claimed deliveries into the lanes of their receivers, where
 * senders take turns. Thread-safe.
 */
@Component
final class Dispatcher {

  private final EventLog events;
  private final Endpoints endpoints;
  private final ReceiverLanes lanes;
  private final WebhookSender sender;
  private final AttemptWriter attempts;
  private final Clock clock;
  private final ReceiverLaneScheduler turns;

  Dispatcher(
      EventLog events,
      Endpoints endpoints,
      ReceiverLanes lanes,
      WebhookSender sender,
      AttemptWriter attempts,
      WebhookProperties properties,
      Clock clock,
      MeterRegistry registry) {
    this.events = events;
    this.endpoints = endpoints;
    this.lanes = lanes;
    this.sender = sender;
    this.attempts = attempts;
    this.clock = clock;
    this.turns =
        new ReceiverLaneScheduler(
            this::attempt, properties.workers(), properties.timeout().multipliedBy(2), registry);
  }

  /** Queues the deliveries in the lanes of their receivers. */
  void dispatch(List<Claimed> claimed) throws InterruptedException {
    Map<UUID, StoredEvent> found = events(claimed);
    Map<UUID, Endpoint> receivers = receivers(claimed);
    for (Claimed delivery : claimed) {
      StoredEvent event = found.get(delivery.eventId());
      UUID endpointId = delivery.endpointId();
      Endpoint endpoint = endpointId == null ? null : receivers.get(endpointId);
      if (event == null) {
        attempts.record(Attempt.none(delivery, clock.instant(), "the event was deleted"));
      } else if (endpointId == null) {
        turns.offer(new DeliveryTask(delivery, event, null, lanes.toOperator()));
      } else if (endpoint == null) {
        attempts.record(Attempt.none(delivery, clock.instant(), DeadLetters.DELETED));
      } else if (endpoint.enabled()) {
        turns.offer(new DeliveryTask(delivery, event, endpoint, lanes.to(endpoint)));
      }
      // Otherwise it is due again when its lease ends, and DeadLetters ends it under the endpoint's
      // lock, unless the endpoint is enabled by then.
    }
  }

  private Map<UUID, StoredEvent> events(List<Claimed> claimed) {
    return events
        .findAll(
            claimed.stream().map(Claimed::eventId).distinct().toList(),
            claimed.stream().map(Claimed::merchantId).distinct().toList())
        .stream()
        .collect(Collectors.toMap(StoredEvent::id, Function.identity()));
  }

  private Map<UUID, Endpoint> receivers(List<Claimed> claimed) {
    List<UUID> ids =
        claimed.stream().map(Claimed::endpointId).filter(Objects::nonNull).distinct().toList();
    return ids.isEmpty()
        ? Map.of()
        : endpoints
            .findAll(claimed.stream().map(Claimed::merchantId).distinct().toList(), ids)
            .stream()
            .collect(Collectors.toMap(Endpoint::getId, Function.identity()));
  }

  private void attempt(DeliveryTask task) throws InterruptedException {
    Optional<Attempt> attempt = sender.attempt(task);
    if (attempt.isPresent()) {
      attempts.record(attempt.get());
    }
  }

  @PreDestroy
  void close() {
    turns.close();
  }
}
