package io.quittance.analytics.live;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a merchant at one moment, as JSON.
 *
 * @param at by the database's clock
 * @param windowSeconds the length of the window, including the current second
 */
record LiveFrame(
    Instant at,
    int windowSeconds,
    FramePayments payments,
    FrameEvents events,
    List<FramePoint> points) {

  /** Payments that were created in the window, under the status that they have now. */
  record FramePayments(
      double perSecond,
      long count,
      @Nullable Double successRate,
      FrameLatency latencyMs,
      List<FrameAmount> amounts,
      List<StatusCount> statuses,
      List<DeclineCount> declines,
      List<PayeeCount> payees) {}

  /** Quantiles; null if no payment was concluded. */
  record FrameLatency(@Nullable Long p50, @Nullable Long p95, @Nullable Long p99) {}

  /** What succeeded in a currency, in minor units. */
  record FrameAmount(String currency, BigInteger amount) {}

  /** How many have a status. */
  record StatusCount(String status, long count) {}

  /** How many were declined for a reason: a problem code. */
  record DeclineCount(String reason, long count) {}

  /** How many have a payee. */
  record PayeeCount(String payee, long count) {}

  /** Interaction events of the window. */
  record FrameEvents(double perSecond, List<TypeCount> types) {}

  /** How many are of a type. */
  record TypeCount(String type, long count) {}

  /** One second. */
  record FramePoint(Instant at, long payments, long events, @Nullable Long p99Ms) {}

  /** Whether another frame shows the same, except for the instant. */
  boolean shows(LiveFrame other) {
    return payments.equals(other.payments)
        && events.equals(other.events)
        && points.equals(other.points);
  }
}
