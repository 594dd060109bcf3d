package io.quittance.webhook.delivery;

import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, and its result.
 *
 * @param status of the answer; null: there was none
 * @param error why it failed; null: it succeeded
 * @param excerpt the first bytes of the answer
 * @param pause before the next attempt; null: there is none
 * @param endpointPause how long the endpoint is to be paused; null: it stays as it is
 * @param url where it was sent; null: nothing was sent, so this says nothing about the receiver
 */
public record Attempt(
    Claimed delivery,
    Instant startedAt,
    Duration took,
    @Nullable Integer status,
    @Nullable String error,
    @Nullable String excerpt,
    @Nullable Duration pause,
    @Nullable Duration endpointPause,
    @Nullable String url) {

  private static final int GONE = 410;
  private static final int ERROR_LENGTH_MAX = 500;

  public Attempt {
    error = error == null ? null : error.substring(0, Math.min(error.length(), ERROR_LENGTH_MAX));
  }

  /** Ends a delivery for which nothing was sent. */
  public static Attempt none(Claimed delivery, Instant now, String error) {
    return new Attempt(delivery, now, Duration.ZERO, null, error, null, null, null, null);
  }

  public boolean made() {
    return url != null;
  }

  boolean succeeded() {
    return error == null;
  }

  /** Whether it was a probe of a paused endpoint, and succeeded. */
  boolean resumesEndpoint() {
    return succeeded() && delivery.probe();
  }

  /** Whether nothing was sent because the endpoint was deleted. */
  boolean endpointDeleted() {
    return !made() && DeadLetters.DELETED.equals(error);
  }

  /** Whether the receiver answered 410 Gone. */
  boolean gone() {
    return status != null && status == GONE;
  }

  /** The state of the delivery after it: pending, delivered or dead. */
  String state() {
    return succeeded() ? "delivered" : pause == null ? "dead" : "pending";
  }
}
