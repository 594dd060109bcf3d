package io.quittance.analytics.live;

import io.quittance.analytics.live.LiveFrame.DeclineCount;
import io.quittance.analytics.live.LiveFrame.FrameAmount;
import io.quittance.analytics.live.LiveFrame.FrameEvents;
import io.quittance.analytics.live.LiveFrame.FrameLatency;
import io.quittance.analytics.live.LiveFrame.FramePayments;
import io.quittance.analytics.live.LiveFrame.FramePoint;
import io.quittance.analytics.live.LiveFrame.PayeeCount;
import io.quittance.analytics.live.LiveFrame.StatusCount;
import io.quittance.analytics.live.LiveFrame.TypeCount;
import io.quittance.analytics.pane.Sketch;
import io.quittance.analytics.payment.PaymentPanes;
import io.quittance.analytics.query.Pane;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Adds up the panes of a window. Not thread-safe. */
final class FrameSums {

  private static final String SUCCEEDED = "succeeded";
  private static final String DECLINED = "declined";
  private static final String FAILED = "failed";
  private static final int ROWS_MAX = 10;

  private final long from;
  private final int seconds;
  private final long[] payments;
  private final long[] events;
  private final Sketch.@Nullable Quantiles[] latencies;
  private final Sketch.Quantiles latency = new Sketch.Quantiles();
  private final Tally statuses = new Tally();
  private final Tally declines = new Tally();
  private final Tally payees = new Tally();
  private final Tally types = new Tally();
  private final SortedMap<String, BigInteger> amounts = new TreeMap<>();

  /**
   * @param from the first second of the window, since 1970
   */
  FrameSums(long from, int seconds) {
    this.from = from;
    this.seconds = seconds;
    this.payments = new long[seconds];
    this.events = new long[seconds];
    this.latencies = new Sketch.Quantiles[seconds];
  }

  void add(Pane pane) {
    int second = Math.toIntExact(pane.startsAt() - from);
    switch (pane.metric()) {
      case PaymentPanes.PAYMENTS_BY_PAYEE -> addPayments(pane, second);
      case PaymentPanes.LATENCY -> addLatency(pane, second);
      default -> {
        events[second] += pane.occurrences();
        types.add(pane.labels().getOrDefault("type", ""), pane.occurrences());
      }
    }
  }

  private void addPayments(Pane pane, int second) {
    Map<String, String> labels = pane.labels();
    String status = labels.getOrDefault(PaymentPanes.STATUS, "");
    payments[second] += pane.occurrences();
    statuses.add(status, pane.occurrences());
    payees.add(labels.getOrDefault(PaymentPanes.PAYEE, ""), pane.occurrences());
    if (status.equals(DECLINED)) {
      declines.add(labels.getOrDefault(PaymentPanes.REASON, ""), pane.occurrences());
    }
    if (status.equals(SUCCEEDED)) {
      amounts.merge(labels.getOrDefault(PaymentPanes.CURRENCY, ""), pane.amount(), BigInteger::add);
    }
  }

  private void addLatency(Pane pane, int second) {
    if (pane.sketch() instanceof Sketch.Quantiles values) {
      Sketch.Quantiles own = latencies[second];
      if (own == null) {
        own = new Sketch.Quantiles();
        latencies[second] = own;
      }
      own.merge(values);
      latency.merge(values);
    }
  }

  LiveFrame frame(Instant at) {
    long ended = statuses.of(SUCCEEDED) + statuses.of(DECLINED) + statuses.of(FAILED);
    return new LiveFrame(
        at,
        seconds,
        new FramePayments(
            perSecond(statuses.total()),
            statuses.total(),
            ended == 0 ? null : Math.round(1e6 * statuses.of(SUCCEEDED) / ended) / 1e6,
            new FrameLatency(
                quantile(latency, 0.5), quantile(latency, 0.95), quantile(latency, 0.99)),
            amounts(),
            statuses.largest(Integer.MAX_VALUE, StatusCount::new),
            declines.largest(ROWS_MAX, DeclineCount::new),
            payees.largest(ROWS_MAX, PayeeCount::new)),
        new FrameEvents(perSecond(types.total()), types.largest(ROWS_MAX, TypeCount::new)),
        points());
  }

  private double perSecond(long count) {
    return Math.round(100.0 * count / seconds) / 100.0;
  }

  private static @Nullable Long quantile(Sketch.@Nullable Quantiles values, double rank) {
    double value = values == null ? Double.NaN : values.quantile(rank);
    return Double.isNaN(value) ? null : Math.round(value);
  }

  private List<FrameAmount> amounts() {
    return amounts.entrySet().stream()
        .map(entry -> new FrameAmount(entry.getKey(), entry.getValue()))
        .toList();
  }

  private List<FramePoint> points() {
    var points = new ArrayList<FramePoint>(seconds);
    for (int second = 0; second < seconds; second++) {
      points.add(
          new FramePoint(
              Instant.ofEpochSecond(from + second),
              payments[second],
              events[second],
              quantile(latencies[second], 0.99)));
    }
    return points;
  }
}
