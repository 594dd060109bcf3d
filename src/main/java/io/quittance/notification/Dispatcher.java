package io.quittance.notification;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.QueueFullException;
import io.quittance.concurrency.WorkerPool;
import io.quittance.concurrency.WorkerPool.Job;
import io.quittance.notification.DeliveryQueue.Claimed;
import io.quittance.notification.DeliveryQueue.Postponed;
import io.quittance.payment.EventLog;
import io.quittance.payment.EventLog.StoredEvent;
import io.quittance.payment.PaymentsCommitted;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Delivers events at least once. One worker claims what is due and puts it into its receiver's
 * lane; senders take turns at the lanes. Thread-safe.
 */
@Component
final class Dispatcher {

  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
  private static final int CLAIMS_AT_ONCE = 256;
  private static final int TURNS_MAX = 4096;
  private static final int WAKES_MAX = 256;

  /** Payments that commit within it share one look for what is due. */
  private static final Duration LINGER = Duration.ofMillis(5);

  private static final Duration TURN_PATIENCE = Duration.ofHours(1);
  private static final Duration NO_OPERATOR_PAUSE = Duration.ofMinutes(1);

  private final DeliveryQueue queue;
  private final EventLog events;
  private final Endpoints endpoints;
  private final Lanes lanes;
  private final Subscribers subscribers;
  private final Sender sender;
  private final Outcomes outcomes;
  private final NotificationProperties properties;
  private final Clock clock;
  private final WorkerPool<Lane, Boolean> senders;
  private final WorkerPool<Boolean, Boolean> claimer;

  Dispatcher(
      DeliveryQueue queue,
      EventLog events,
      Endpoints endpoints,
      Lanes lanes,
      Subscribers subscribers,
      Sender sender,
      Outcomes outcomes,
      NotificationProperties properties,
      Clock clock,
      MeterRegistry registry) {
    this.queue = queue;
    this.events = events;
    this.endpoints = endpoints;
    this.lanes = lanes;
    this.subscribers = subscribers;
    this.sender = sender;
    this.outcomes = outcomes;
    this.properties = properties;
    this.clock = clock;
    this.senders =
        WorkerPool.<Lane, Boolean>named("deliveries", this::takeTurns)
            .workers(properties.workers())
            .capacity(TURNS_MAX)
            .drainLimit(properties.timeout().multipliedBy(2))
            .virtualThreads()
            .start(registry);
    this.claimer =
        WorkerPool.<Boolean, Boolean>named("delivery-claims", this::claim)
            .capacity(WAKES_MAX)
            .maxBatch(WAKES_MAX)
            .linger(LINGER)
            .start(registry);
  }

  /** A hand-over from a payment: looks for due deliveries soon, and returns at once. */
  @EventListener
  void on(PaymentsCommitted committed) {
    if (subscribers.include(committed.merchantId())) {
      wake();
    }
  }

  /** Retries, and what other replicas left behind. */
  @Scheduled(fixedDelay = 1000)
  void lookAround() {
    wake();
    subscribers.refresh();
  }

  void wake() {
    try {
      var _ =
          claimer
              .submit(true, Deadline.after(properties.lease()))
              .exceptionally(
                  failure -> {
                    log.warn("Due deliveries could not be claimed: {}", failure.toString());
                    return false;
                  });
    } catch (QueueFullException e) {
      log.trace("Looks for due deliveries are queued, and will find this one");
    }
  }

  private void claim(List<Job<Boolean, Boolean>> jobs) throws InterruptedException {
    List<Claimed> claimed;
    do {
      claimed = queue.claim(CLAIMS_AT_ONCE);
      if (!claimed.isEmpty()) {
        hand(claimed);
      }
    } while (claimed.size() == CLAIMS_AT_ONCE);
    jobs.forEach(job -> job.succeed(true));
  }

  private void hand(List<Claimed> claimed) throws InterruptedException {
    Map<UUID, StoredEvent> found =
        events
            .findAll(
                claimed.stream().map(Claimed::eventId).distinct().toList(),
                claimed.stream().map(Claimed::merchantId).distinct().toList())
            .stream()
            .collect(Collectors.toMap(StoredEvent::id, Function.identity()));
    Map<UUID, Endpoint> receivers =
        endpoints
            .findByIdIn(
                claimed.stream()
                    .map(Claimed::endpointId)
                    .filter(Objects::nonNull)
                    .distinct()
                    .toList())
            .stream()
            .collect(Collectors.toMap(Endpoint::getId, Function.identity()));
    var postponed = new ArrayList<Postponed>();
    for (Claimed delivery : claimed) {
      StoredEvent event = Objects.requireNonNull(found.get(delivery.eventId()));
      @Nullable Duration pause = place(delivery, event, receivers);
      if (pause != null) {
        postponed.add(new Postponed(delivery.id(), pause));
      }
    }
    if (!postponed.isEmpty()) {
      queue.postpone(postponed);
    }
  }

  /** Puts a delivery into its lane, or says how long there is no place for it. */
  private @Nullable Duration place(
      Claimed delivery, StoredEvent event, Map<UUID, Endpoint> receivers)
      throws InterruptedException {
    if (delivery.endpointId() == null) {
      return properties.delivers()
          ? offer(new Parcel(delivery, event, null, lanes.toOperator()))
          : NO_OPERATOR_PAUSE;
    }
    Endpoint endpoint = receivers.get(delivery.endpointId());
    if (endpoint == null || !endpoint.enabled()) {
      String why = endpoint == null ? "the endpoint was deleted" : "the endpoint is disabled";
      outcomes.record(Attempt.none(delivery, clock.instant(), why));
      return null;
    }
    return offer(new Parcel(delivery, event, endpoint, lanes.to(endpoint)));
  }

  private @Nullable Duration offer(Parcel parcel) throws InterruptedException {
    return switch (parcel.lane().offer(parcel)) {
      case Lane.Offer.Waits() -> null;
      case Lane.Offer.Later(Duration pause) -> pause;
      case Lane.Offer.Turn() -> {
        var _ = senders.submitWhenRoom(parcel.lane(), Deadline.after(TURN_PATIENCE));
        yield null;
      }
    };
  }

  private void takeTurns(List<Job<Lane, Boolean>> jobs) throws InterruptedException {
    for (Job<Lane, Boolean> job : jobs) {
      Lane lane = job.item();
      boolean handedOn = false;
      for (Parcel parcel = lane.next(); parcel != null && !handedOn; ) {
        outcomes.record(sender.attempt(parcel));
        handedOn = senders.depth() > 0 && handOn(lane);
        parcel = handedOn ? null : lane.next();
      }
      job.succeed(true);
    }
  }

  /** Lets other lanes have their turns first. */
  private boolean handOn(Lane lane) {
    try {
      var _ = senders.submit(lane, Deadline.after(TURN_PATIENCE));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  @PreDestroy
  void close() {
    claimer.close();
    senders.close();
  }
}
