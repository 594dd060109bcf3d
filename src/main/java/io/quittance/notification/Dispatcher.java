package io.quittance.notification;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.QueueFullException;
import io.quittance.concurrency.WorkerPool;
import io.quittance.concurrency.WorkerPool.Job;
import io.quittance.notification.DeliveryQueue.Claimed;
import io.quittance.payment.EventLog;
import io.quittance.payment.EventLog.StoredEvent;
import io.quittance.payment.PaymentsCommitted;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Delivers events at least once. One worker claims what is due and hands it to a pool of senders
 * whose queue is bounded; what a sender cannot deliver is due again after a pause that doubles.
 * Thread-safe.
 */
@Component
final class Dispatcher {

  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
  private static final int CLAIMS_AT_ONCE = 64;

  /** Work that waits for a sender; the delivery's lease is what limits it. */
  private record Parcel(Claimed delivery, StoredEvent event) {}

  private final DeliveryQueue queue;
  private final EventLog events;
  private final NotificationProperties properties;
  private final @Nullable Receiver receiver;
  private final WorkerPool<Parcel, Boolean> senders;
  private final WorkerPool<Boolean, Boolean> claimer;

  Dispatcher(
      DeliveryQueue queue,
      EventLog events,
      NotificationProperties properties,
      ObjectMapper json,
      MeterRegistry registry) {
    this.queue = queue;
    this.events = events;
    this.properties = properties;
    this.receiver =
        properties.delivers()
            ? new Receiver(Objects.requireNonNull(properties.url()), properties.timeout(), json)
            : null;
    this.senders =
        WorkerPool.<Parcel, Boolean>named("deliveries", this::send)
            .workers(properties.workers())
            .capacity(CLAIMS_AT_ONCE)
            .drainLimit(properties.timeout().multipliedBy(2))
            .virtualThreads()
            .start(registry);
    this.claimer =
        WorkerPool.<Boolean, Boolean>named("delivery-claims", this::claim)
            .capacity(1)
            .start(registry);
  }

  /** A hand-over from a payment: looks for due deliveries soon, and returns at once. */
  @EventListener
  void on(PaymentsCommitted committed) {
    wake();
  }

  /** Retries, and what other replicas left behind. */
  @Scheduled(fixedDelay = 1000)
  void wake() {
    if (receiver == null) {
      return;
    }
    try {
      var _ =
          claimer
              .submit(true, Deadline.after(properties.lease()))
              .exceptionally(failure -> problem("Due deliveries could not be claimed", failure));
    } catch (QueueFullException e) {
      log.trace("A look for due deliveries is under way, and will find this one");
    }
  }

  private void claim(List<Job<Boolean, Boolean>> jobs) throws InterruptedException {
    List<Claimed> claimed;
    do {
      claimed = queue.claim(CLAIMS_AT_ONCE);
      Map<UUID, StoredEvent> found =
          events
              .findAll(
                  claimed.stream().map(Claimed::eventId).toList(),
                  claimed.stream().map(Claimed::merchantId).distinct().toList())
              .stream()
              .collect(Collectors.toMap(StoredEvent::id, Function.identity()));
      for (Claimed delivery : claimed) {
        StoredEvent event = Objects.requireNonNull(found.get(delivery.eventId()));
        var parcel = new Parcel(delivery, event);
        var _ =
            senders
                .submitWhenRoom(parcel, Deadline.after(properties.lease()))
                .exceptionally(failure -> problem("A delivery waits for its next turn", failure));
      }
    } while (claimed.size() == CLAIMS_AT_ONCE);
    jobs.forEach(job -> job.succeed(true));
  }

  private static boolean problem(String what, Throwable failure) {
    log.warn("{}: {}", what, failure.toString());
    return false;
  }

  private void send(List<Job<Parcel, Boolean>> jobs) throws InterruptedException {
    for (Job<Parcel, Boolean> job : jobs) {
      Parcel parcel = job.item();
      job.succeed(deliver(parcel.delivery(), parcel.event()));
    }
  }

  private boolean deliver(Claimed delivery, StoredEvent event) throws InterruptedException {
    int status = 0;
    String error;
    try {
      status = Objects.requireNonNull(receiver).post(event.body());
      if (status >= 200 && status < 300) {
        queue.delivered(delivery.id(), status);
        return true;
      }
      error = "status " + status;
    } catch (IOException e) {
      error = e.toString();
    }
    Duration pause = pause(delivery.attempt());
    log.debug("Attempt {} at {} failed: {}", delivery.attempt(), event.body().id(), error);
    queue.failed(delivery.id(), status, error, pause);
    return false;
  }

  /** 1, 2, 4, … seconds up to the limit, and up to a quarter more by chance. */
  private Duration pause(int attempt) {
    long seconds = Math.min(properties.retryMax().toSeconds(), 1L << Math.min(attempt - 1, 20));
    return Duration.ofSeconds(seconds + ThreadLocalRandom.current().nextLong(seconds / 4 + 1));
  }

  @PreDestroy
  void close() {
    claimer.close();
    senders.close();
  }
}
