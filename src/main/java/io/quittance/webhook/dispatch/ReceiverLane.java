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
 * What this replica has under way to one receiver: a few attempts at once, a few that wait, and a
 * breaker, so that a slow or dead receiver holds up itself only. Thread-safe; one thread offers.
 */
final class ReceiverLane {

  private static final int WAITING_MAX = 256;
  private static final int WAITING_WHILE_FAILING_MAX = 8;

  /**
   * So many characters of events may wait: a merchant may have many receivers, and large events.
   */
  private static final int CHARACTERS_MAX = 512 * 1024;

  /** Assumed of an event before there was one. */
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
  private final Duration open;
  private final Duration closedMax;
  private final ArrayDeque<DeliveryTask> waiting = new ArrayDeque<>();
  private int waitingCharacters;

  /** Of one event; a moving average. */
  private int eventCharacters = CHARACTERS_AT_FIRST;

  private int underWay;

  /** One more with each success, half with each failure: who wastes senders' time gets few. */
  private int allowed;

  private Deadline closedUntil = Deadline.after(Duration.ZERO);
  private @Nullable Runnable whenRoom;

  /**
   * A lane with nothing in it.
   *
   * @param limit attempts at once, at most
   * @param open how long a receiver is left alone when nothing succeeds
   * @param closedMax how long the lane itself remembers that; after it the endpoint's row tells
   * @param failing whether nothing has succeeded lately
   */
  ReceiverLane(int limit, Duration open, Duration closedMax, boolean failing) {
    this.limit = limit;
    this.open = open;
    this.closedMax = closedMax;
    this.allowed = failing ? 1 : Math.min(limit, ALLOWED_AT_FIRST);
  }

  /** How many more tasks it takes now. */
  synchronized int room() {
    if (!closedUntil.expired()) {
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

  /** Whether the receiver was closed, and what it is offered next decides whether it opens. */
  synchronized boolean halfOpen() {
    return breaker.getState() != State.CLOSED;
  }

  /** Runs this once, soon after there is room again; it must not wait. */
  synchronized void whenRoom(Runnable action) {
    whenRoom = action;
  }

  /**
   * Takes a task; there is {@linkplain #room() room} for it.
   *
   * @return whether a sender has to take a turn for it: else a turn that is under way comes to it
   */
  synchronized boolean offer(DeliveryTask task) {
    if (breaker.getState() == State.OPEN) {
      dropWaiting(); // from before it opened; due again when their leases end
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
      // What is dropped here is claimed again when its lease ends, by whichever replica.
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
   * Ends a turn that something broke off. What would wait for it is dropped, and due again when its
   * lease ends.
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
   * @return how long the receiver is to be closed now; null: it is not
   */
  synchronized @Nullable Duration failed(
      Duration took, Throwable failure, boolean probe, @Nullable Duration retryAfter) {
    allowed = Math.max(1, allowed / 2);
    breaker.onError(took.toNanos(), TimeUnit.NANOSECONDS, failure);
    Duration pause = probe || breaker.getState() == State.OPEN ? open : null;
    if (retryAfter != null && (pause == null || retryAfter.compareTo(pause) > 0)) {
      pause = retryAfter;
    }
    if (pause != null) {
      var until = Deadline.after(pause.compareTo(closedMax) < 0 ? pause : closedMax);
      closedUntil = until.remaining().compareTo(closedUntil.remaining()) > 0 ? until : closedUntil;
    }
    return pause;
  }

  /** An attempt ended without anything to report of the receiver. */
  synchronized void gaveUp() {
    breaker.releasePermission();
  }
}
