package io.quittance.webhook.delivery;

import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was tried, and how it went.
 *
 * @param status of the answer; null: there was none
 * @param error why it failed; null: it succeeded
 * @param excerpt the first bytes of the answer
 * @param pause before the next attempt; null: there is none
 * @param closeFor how long nothing is to be sent to the receiver; null: it stays as it is
 * @param made whether anything was sent: else nothing is known of the receiver
 */
public record Attempt(
    Claimed delivery,
    Instant startedAt,
    Duration took,
    @Nullable Integer status,
    @Nullable String error,
    @Nullable String excerpt,
    @Nullable Duration pause,
    @Nullable Duration closeFor,
    boolean made) {

  private static final int GONE = 410;
  private static final int ERROR_LENGTH_MAX = 500;

  public Attempt {
    error = error == null ? null : error.substring(0, Math.min(error.length(), ERROR_LENGTH_MAX));
  }

  /** The end of a delivery for which nothing was sent. */
  public static Attempt none(Claimed delivery, Instant now, String error) {
    return new Attempt(delivery, now, Duration.ZERO, null, error, null, null, null, false);
  }

  boolean succeeded() {
    return error == null;
  }

  /** It was the one attempt at a closed endpoint, and shows that it lives. */
  boolean reopens() {
    return succeeded() && delivery.probe();
  }

  /** The receiver wants nothing any more, ever. */
  boolean gone() {
    return status != null && status == GONE;
  }

  /** The state of the delivery after it: pending, delivered or dead. */
  String state() {
    return succeeded() ? "delivered" : pause == null ? "dead" : "pending";
  }
}
