package io.quittance.webhook.dispatch;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.quittance.concurrency.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of this replica to one receiver: a few attempts at once, a few that wait, and a
 * circuit breaker, so that a slow or dead receiver delays only itself. Thread-safe; one thread
 * offers.
 */
final class ReceiverLane {

  private static final int WAITING_MAX = 256;
  private static final int WAITING_WHILE_FAILING_MAX = 8;

  /**
   * Limits the characters of waiting events: a merchant may have many receivers and large events.
   */
  private static final int CHARACTERS_MAX = 512 * 1024;

  /** The assumed size of an event before the first one. */
  private static final int CHARACTERS_AT_FIRST = 32 * 1024;

  private static final int SIZES_REMEMBERED = 8;

  /** Attempts at once before anything is known of the receiver. */
  private static final int ALLOWED_AT_FIRST = 4;

  /** Opens when nothing succeeds: a receiver that refuses some events still gets the others. */
  private static final CircuitBreakerConfig BREAKER =
      CircuitBreakerConfig.custom()
          .slidingWindowSize(10)
          .minimumNumberOfCalls(3)
          .failureRateThreshold(100)
          .permittedNumberOfCallsInHalfOpenState(1)
          .build();

  private final CircuitBreaker breaker = CircuitBreaker.of("endpoint", BREAKER);
  private final int limit;
  private final Duration breakerOpen;
  private final Duration pausedMax;
  private final ArrayDeque<DeliveryTask> waiting = new ArrayDeque<>();
  private int waitingCharacters;

  /** The size of an event, as a moving average. */
  private int eventCharacters = CHARACTERS_AT_FIRST;

  private int underWay;

  /**
   * Attempts at once: one more after each success, half after each failure, so that a slow receiver
   * gets few senders.
   */
  private int allowed;

  private Deadline pausedUntil = Deadline.after(Duration.ZERO);
  private @Nullable Runnable whenRoom;

  /**
   * An empty lane.
   *
   * @param limit attempts at once, at most
   * @param breakerOpen how long a receiver is paused when nothing succeeds
   * @param pausedMax how long the lane itself remembers a pause; after that the endpoint's row
   *     tells
   * @param failing whether nothing has succeeded lately
   */
  ReceiverLane(int limit, Duration breakerOpen, Duration pausedMax, boolean failing) {
    this.limit = limit;
    this.breakerOpen = breakerOpen;
    this.pausedMax = pausedMax;
    this.allowed = failing ? 1 : Math.min(limit, ALLOWED_AT_FIRST);
  }

  /** How many more tasks it takes now. */
  synchronized int room() {
    if (!pausedUntil.expired()) {
      return 0;
    }
    if (breaker.getState() != State.CLOSED) {
      return underWay == 0 ? 1 : 0;
    }
    int bySize = (CHARACTERS_MAX - waitingCharacters) / Math.max(1, eventCharacters);
    int byNumber = waitingMax() - waiting.size();
    return Math.max(waiting.isEmpty() ? 1 : 0, Math.min(bySize, byNumber));
  }

  private int waitingMax() {
    return limit() < Math.min(limit, 2) ? WAITING_WHILE_FAILING_MAX : WAITING_MAX;
  }

  /** Whether the receiver was paused, and the next attempt decides whether deliveries resume. */
  synchronized boolean halfOpen() {
    return breaker.getState() != State.CLOSED;
  }

  /** Runs the action once, soon after there is room again; the action must not block. */
  synchronized void whenRoom(Runnable action) {
    whenRoom = action;
  }

  /**
   * Takes a task; there is {@linkplain #room() room} for it.
   *
   * @return whether a sender has to start a turn for it; otherwise a running turn takes it
   */
  synchronized boolean offer(DeliveryTask task) {
    if (breaker.getState() == State.OPEN) {
      dropWaiting(); // from before the breaker opened; due again when their leases end
      breaker.transitionToHalfOpenState();
    }
    waiting.addLast(task);
    waitingCharacters += size(task);
    eventCharacters += (size(task) - eventCharacters) / SIZES_REMEMBERED;
    if (underWay >= limit()) {
      return false;
    }
    underWay++;
    return true;
  }

  /** The next task of a turn; null: the turn is over. The caller reports how it went. */
  synchronized @Nullable DeliveryTask next() {
    DeliveryTask next = null;
    while (next == null && !waiting.isEmpty() && underWay <= limit()) {
      DeliveryTask task = waiting.removeFirst();
      waitingCharacters -= size(task);
      // What is dropped here is claimed again when its lease ends, by any replica.
      if (!task.delivery().startBy().expired() && breaker.tryAcquirePermission()) {
        next = task;
      }
    }
    if (next == null) {
      underWay--;
    }
    tellOfRoom();
    return next;
  }

  private void tellOfRoom() {
    Runnable action = whenRoom;
    if (action != null
        && breaker.getState() == State.CLOSED
        && waiting.size() < waitingMax() / 2
        && room() > 0) {
      whenRoom = null;
      action.run();
    }
  }

  /**
   * Ends a turn that failed. If no other turn is running, waiting tasks are dropped, and are due
   * again when their leases end.
   */
  synchronized void giveBack() {
    underWay--;
    if (underWay == 0) {
      dropWaiting();
    }
  }

  private void dropWaiting() {
    waiting.clear();
    waitingCharacters = 0;
  }

  private static int size(DeliveryTask task) {
    return task.event().body().data().length();
  }

  private int limit() {
    return breaker.getState() == State.CLOSED ? allowed : 1;
  }

  synchronized void succeeded(Duration took) {
    allowed = Math.min(limit, allowed + 1);
    breaker.onSuccess(took.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Notes a failure.
   *
   * @param probe whether it was the one attempt at a half-open receiver
   * @param retryAfter how long the receiver wants to be left alone; null: it did not say
   * @return how long the receiver is to be paused; null: not at all
   */
  synchronized @Nullable Duration failed(
      Duration took, Throwable failure, boolean probe, @Nullable Duration retryAfter) {
    allowed = Math.max(1, allowed / 2);
    breaker.onError(took.toNanos(), TimeUnit.NANOSECONDS, failure);
    Duration pause = probe || breaker.getState() == State.OPEN ? breakerOpen : null;
    if (retryAfter != null && (pause == null || retryAfter.compareTo(pause) > 0)) {
      pause = retryAfter;
    }
    if (pause != null) {
      var until = Deadline.after(pause.compareTo(pausedMax) < 0 ? pause : pausedMax);
      pausedUntil = until.remaining().compareTo(pausedUntil.remaining()) > 0 ? until : pausedUntil;
    }
    return pause;
  }

  /** An attempt ended without a result that says anything about the receiver. */
  synchronized void gaveUp() {
    breaker.releasePermission();
  }
}
