package io.quittance.analytics.query;

import static io.quittance.analytics.payment.PaymentPanes.CURRENCY;
import static io.quittance.analytics.payment.PaymentPanes.PAYEE;
import static io.quittance.analytics.payment.PaymentPanes.REASON;
import static io.quittance.analytics.payment.PaymentPanes.STATUS;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.analytics.pane.EventMetrics;
import io.quittance.analytics.pane.Sketch;
import io.quittance.analytics.payment.PaymentPanes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The metrics of series: which panes a metric is made of, and how their points are computed. */
enum Metric {
  PAYMENTS_COUNT(Set.of(STATUS, CURRENCY, PAYEE, REASON)),
  PAYMENTS_AMOUNT(Set.of(CURRENCY, PAYEE)),
  PAYMENTS_SUCCESS_RATE(Set.of(CURRENCY, PAYEE)),
  PAYMENTS_LATENCY(Set.of(CURRENCY)),
  PAYMENTS_PAYERS(Set.of(CURRENCY)),
  REFUNDS_AMOUNT(Set.of(CURRENCY, PAYEE)),
  FRAUD_DECLINES(Set.of(CURRENCY, REASON)),
  EVENTS_COUNT(Set.of(Grouping.TYPE, CURRENCY, PAYEE, STATUS)),
  EVENTS_AMOUNT(Set.of(Grouping.TYPE, CURRENCY, PAYEE, STATUS)),
  EVENTS_SESSIONS(Set.of(Grouping.TYPE));

  private static final Set<String> ENDED = Set.of("succeeded", "declined", "failed");
  private static final String SUCCEEDED = "succeeded";
  private static final int SHARE_DIGITS = 6;

  @SuppressWarnings("ImmutableEnumChecker") // of Set.of
  private final Set<String> groups;

  Metric(Set<String> groups) {
    this.groups = groups;
  }

  @JsonValue
  String text() {
    return name().toLowerCase(Locale.ROOT).replaceFirst("_", ".");
  }

  static final List<Metric> ALL = List.of(values());

  /** The labels by which it can be grouped, besides those of events. */
  Set<String> groups() {
    return groups;
  }

  /** Whether it can be grouped by a label of events, and then by type and currency only. */
  boolean hasLabels() {
    return this == EVENTS_COUNT || this == EVENTS_AMOUNT;
  }

  /** Whether it is always split by currency. */
  boolean isMoney() {
    return this == PAYMENTS_AMOUNT || this == REFUNDS_AMOUNT || this == EVENTS_AMOUNT;
  }

  boolean hasQuantiles() {
    return this == PAYMENTS_LATENCY;
  }

  /** The panes that have the requested labels, and as few others as possible. */
  String panes(Grouping grouping) {
    return switch (this) {
      case PAYMENTS_COUNT, PAYMENTS_AMOUNT, PAYMENTS_SUCCESS_RATE ->
          grouping.names().contains(PAYEE) ? PaymentPanes.PAYMENTS_BY_PAYEE : PaymentPanes.PAYMENTS;
      case PAYMENTS_LATENCY -> PaymentPanes.LATENCY;
      case PAYMENTS_PAYERS -> PaymentPanes.PAYERS;
      case REFUNDS_AMOUNT -> PaymentPanes.REFUNDS;
      case FRAUD_DECLINES -> PaymentPanes.FRAUD_DECLINES;
      case EVENTS_COUNT, EVENTS_AMOUNT ->
          grouping.label().map(EventMetrics::ofLabel).orElse(EventMetrics.EVENTS);
      case EVENTS_SESSIONS -> EventMetrics.SESSIONS;
    };
  }

  /** Makes the sketches of its panes; null: they have none. */
  @Nullable Supplier<? extends Sketch> sketches() {
    return switch (this) {
      case PAYMENTS_LATENCY -> Sketch.Quantiles::new;
      case PAYMENTS_PAYERS, EVENTS_SESSIONS -> Sketch.Distinct::new;
      default -> null;
    };
  }

  /** Adds a pane to a point. */
  void add(Pane pane, Cell cell) {
    Map<String, String> labels = pane.labels();
    switch (this) {
      case PAYMENTS_AMOUNT -> {
        if (SUCCEEDED.equals(labels.get(STATUS))) {
          cell.count(pane.occurrences());
          cell.add(pane.amount());
        }
      }
      case PAYMENTS_SUCCESS_RATE -> {
        if (ENDED.contains(labels.getOrDefault(STATUS, ""))) {
          cell.count(pane.occurrences());
        }
        if (SUCCEEDED.equals(labels.get(STATUS))) {
          cell.countPart(pane.occurrences());
        }
      }
      default -> {
        cell.count(pane.occurrences());
        cell.add(pane.amount());
        cell.merge(pane.sketch());
      }
    }
  }

  /**
   * The value of a point; null if it is empty.
   *
   * @param quantile 0 to 1, for metrics that have quantiles
   */
  @Nullable BigDecimal value(Cell cell, double quantile) {
    return switch (this) {
      case PAYMENTS_COUNT, FRAUD_DECLINES, EVENTS_COUNT ->
          cell.occurrences() == 0 ? null : BigDecimal.valueOf(cell.occurrences());
      case PAYMENTS_AMOUNT, REFUNDS_AMOUNT, EVENTS_AMOUNT ->
          cell.amount().signum() == 0 ? null : new BigDecimal(cell.amount());
      case PAYMENTS_SUCCESS_RATE ->
          cell.occurrences() == 0
              ? null
              : BigDecimal.valueOf(cell.share()).setScale(SHARE_DIGITS, RoundingMode.HALF_UP);
      case PAYMENTS_LATENCY ->
          cell.sketch() instanceof Sketch.Quantiles values
              ? BigDecimal.valueOf(Math.round(values.quantile(quantile)))
              : null;
      case PAYMENTS_PAYERS, EVENTS_SESSIONS ->
          cell.sketch() instanceof Sketch.Distinct values
              ? BigDecimal.valueOf(Math.round(values.estimate()))
              : null;
    };
  }
}
