package io.quittance.webhook.dispatch;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.payment.EventsCommitted;
import io.quittance.webhook.WebhookConnections;
import io.quittance.webhook.delivery.DeadLetters;
import io.quittance.webhook.delivery.DeliveryQueue;
import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import io.quittance.webhook.delivery.Destination;
import io.quittance.webhook.delivery.DueDeliveryPoller;
import io.quittance.webhook.delivery.DueDeliveryPoller.Found;
import io.quittance.webhook.delivery.DueDeliveryPoller.Poll;
import io.quittance.webhook.dispatch.DestinationQueue.Entry;
import io.quittance.webhook.dispatch.DueDeliveries.Due;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Claims due deliveries: as many as the lanes of their destinations have room for, a few of each
 * destination at a time. One worker claims, merchant by merchant. Thread-safe.
 */
@Component
final class Claimer {

  private static final Logger log = LoggerFactory.getLogger(Claimer.class);

  /** Of one destination, before the others have their turn. */
  private static final int DELIVERIES_AT_ONCE = 64;

  /** Of a destination without a lane: nothing is known of it, not even how large its events are. */
  private static final int DELIVERIES_AT_FIRST = 16;

  private static final int WAKES_MAX = 256;

  /** Payments that commit within this time share one search for due deliveries. */
  private static final Duration LINGER = Duration.ofMillis(5);

  /**
   * A commit rarely becomes visible later than this after its deliveries are due; the poller finds
   * the others.
   */
  private static final Duration LATE = Duration.ofSeconds(2);

  private final DueDeliveries dueDeliveries;
  private final DeliveryQueue queue;
  private final Subscribers subscribers;
  private final DueDeliveryPoller poller;
  private final DeadLetters deadLetters;
  private final ReceiverLanes lanes;
  private final DestinationQueue destinations = new DestinationQueue();
  private final ClaimRound round;
  private final Set<UUID> wokenMerchants = ConcurrentHashMap.newKeySet();

  /** Whether a claim is queued that has not started; it will find everything that is due by now. */
  private final AtomicBoolean woken = new AtomicBoolean();

  private final WorkerPool<Boolean, Boolean> worker;

  Claimer(
      DueDeliveries dueDeliveries,
      DeliveryQueue queue,
      Subscribers subscribers,
      DueDeliveryPoller poller,
      DeadLetters deadLetters,
      ReceiverLanes lanes,
      Dispatcher dispatcher,
      MeterRegistry registry) {
    this.dueDeliveries = dueDeliveries;
    this.queue = queue;
    this.subscribers = subscribers;
    this.poller = poller;
    this.deadLetters = deadLetters;
    this.lanes = lanes;
    this.round = new ClaimRound(destinations, this::claim, dispatcher::dispatch);
    this.worker =
        WorkerPool.<Boolean, Boolean>named("delivery-claims", this::claim)
            .capacity(WAKES_MAX)
            .maxBatch(WAKES_MAX)
            .linger(LINGER)
            .start(registry);
  }

  /** After a commit: claims the merchant's due deliveries soon, and returns at once. */
  @EventListener
  void on(EventsCommitted committed) {
    wakeFor(committed.merchantId());
  }

  /** Claims the merchant's due deliveries soon, and returns at once. */
  void wakeFor(UUID merchantId) {
    wokenMerchants.add(merchantId);
    wake();
  }

  /** Finds retries, and deliveries that other replicas have left. */
  @Scheduled(fixedDelay = 1000)
  void poll() {
    try (var _ = WebhookConnections.forJob()) {
      Poll poll = poller.poll();
      if (poll != null) {
        poll.found().stream()
            .filter(Found::enabled)
            .filter(Found::ready)
            .forEach(found -> destinations.add(found.destination(), poll.since()));
        deadLetters.endDeliveries(poll.found().stream().filter(found -> !found.enabled()).toList());
      }
    } finally {
      wake();
    }
  }

  /** Retries destinations whose lanes were paused or full. */
  @Scheduled(fixedDelay = 100)
  void retryWaiting() {
    if (!destinations.isEmpty()) {
      wake();
    }
  }

  private void wake() {
    if (!woken.compareAndSet(false, true)) {
      return;
    }
    try {
      var _ =
          worker
              .submit(true, Deadline.after(Duration.ofMinutes(1)))
              .exceptionally(
                  failure -> {
                    woken.set(false);
                    log.warn(
                        "Due deliveries could not be claimed; the next poll tries again: {}",
                        failure.toString());
                    return false;
                  });
    } catch (RejectedExecutionException e) {
      woken.set(false);
      log.trace("The service is stopping");
    }
  }

  private void claim(List<Job<Boolean, Boolean>> jobs) throws InterruptedException {
    boolean more;
    woken.set(false);
    do {
      takeWoken();
      more = round.run();
    } while (more);
    jobs.forEach(job -> job.succeed(true));
  }

  private void takeWoken() {
    Set<UUID> merchants = Set.copyOf(wokenMerchants);
    wokenMerchants.removeAll(merchants);
    Instant since = poller.polledUntil().minus(LATE);
    subscribers.of(merchants).forEach(destination -> destinations.add(destination, since));
  }

  /** Claims for one merchant, and returns whether its destinations could take more at once. */
  private boolean claim(Entry entry, List<Claimed> claimed, Consumer<Entry> again) {
    List<Destination> ready = new ArrayList<>();
    for (Destination destination : entry.destinations()) {
      if (room(destination, claimed) > 0) {
        ready.add(destination);
      } else {
        destinations.add(destination, entry.since());
      }
    }
    boolean more = false;
    for (Due due : dueDeliveries.at(ready, entry.since(), DELIVERIES_AT_ONCE)) {
      int room = room(due.destination(), claimed);
      claimed.addAll(due.halfOpen() ? queue.claimProbe(due.destination()) : claim(due, room));
      boolean left =
          due.deliveries().size() == DELIVERIES_AT_ONCE || due.deliveries().size() > room;
      if (left) {
        again.accept(new Entry(entry.merchantId(), List.of(due.destination()), entry.since()));
      }
      more |= left && !due.halfOpen() && room(due.destination(), claimed) > 0;
    }
    return more;
  }

  private List<Claimed> claim(Due due, int room) {
    List<UUID> deliveries = due.deliveries();
    return deliveries.isEmpty()
        ? List.of()
        : queue.claim(
            due.destination().merchantId(),
            deliveries.subList(0, Math.min(room, deliveries.size())));
  }

  /** How many more deliveries may be claimed for a destination. */
  private int room(Destination destination, List<Claimed> claimed) {
    ReceiverLane lane = lanes.find(destination);
    if (lane == null) {
      return DELIVERIES_AT_FIRST;
    }
    long taken =
        claimed.stream()
            .filter(c -> Objects.equals(c.endpointId(), destination.endpointId()))
            .count();
    int room = (int) Math.max(0, lane.room() - taken);
    if (room == 0) {
      lane.whenRoom(this::wake);
    }
    return room;
  }

  @PreDestroy
  void close() {
    worker.close();
  }
}
