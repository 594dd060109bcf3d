package io.quittance.analytics.live;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is shown of a merchant at one moment, as JSON.
 *
 * @param at by the database's clock
 * @param windowSeconds how much of the past it is about, the second under way included
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

  /** Quantiles; null without a payment whose fate was decided. */
  record FrameLatency(@Nullable Long p50, @Nullable Long p95, @Nullable Long p99) {}

  /** What succeeded in a currency, in minor units. */
  record FrameAmount(String currency, BigInteger amount) {}

  /** How many have a status. */
  record StatusCount(String status, long count) {}

  /** How many were declined for a reason: a problem code. */
  record DeclineCount(String reason, long count) {}

  /** How many were to be paid to a payee. */
  record PayeeCount(String payee, long count) {}

  /** Interaction events of the window. */
  record FrameEvents(double perSecond, List<TypeCount> types) {}

  /** How many are of a type. */
  record TypeCount(String type, long count) {}

  /** One second. */
  record FramePoint(Instant at, long payments, long events, @Nullable Long p99Ms) {}

  /** Whether another frame shows the same, at another instant. */
  boolean shows(LiveFrame other) {
    return payments.equals(other.payments)
        && events.equals(other.events)
        && points.equals(other.points);
  }
}
