package io.quittance.analytics.enrich;

import io.quittance.analytics.name.SeriesLimit;
import io.quittance.analytics.pane.EventMetrics;
import io.quittance.analytics.pane.Labels;
import io.quittance.analytics.pane.PaneDeltas;
import io.quittance.analytics.pane.Totals;
import java.util.Map;
import java.util.UUID;

/**
 * Moves a merchant's events between panes: subtracts them where they were counted without their
 * payments, and adds them where they belong. Not thread-safe.
 */
final class EventMoves {

  private final UUID merchantId;
  private final Map<UUID, PaymentFacts> payments;
  private final SeriesLimit series;
  private final PaneDeltas deltas = new PaneDeltas();

  /**
   * @param payments the payments that exist
   */
  EventMoves(UUID merchantId, Map<UUID, PaymentFacts> payments, SeriesLimit series) {
    this.merchantId = merchantId;
    this.payments = payments;
    this.series = series;
  }

  PaneDeltas deltas() {
    return deltas;
  }

  /** Moves the events of a batch, and returns how many have a payment and how many have none. */
  Totals.Counts add(PendingBatch batch) {
    long done = 0;
    for (PendingBatch.Group group : batch.groups()) {
      for (PendingBatch.Event event : group.events()) {
        PaymentFacts payment = payments.get(event.paymentId());
        if (payment != null) {
          move(group, event, payment);
          done++;
        }
      }
    }
    return Totals.Counts.lookedUp(done, batch.size() - done);
  }

  private void move(PendingBatch.Group group, PendingBatch.Event event, PaymentFacts payment) {
    String currency = group.currency() == null ? payment.currency() : group.currency();
    move(
        EventMetrics.EVENTS,
        EventMetrics.labels(group.type(), group.currency(), null, null),
        admitted(
            EventMetrics.labels(group.type(), currency, payment.payee(), payment.status()),
            EventMetrics.labels(Labels.OTHER, currency, Labels.OTHER, payment.status())),
        group.second(),
        event.amount());
    for (PendingBatch.Label label : event.labels()) {
      String key = label.key();
      move(
          EventMetrics.ofLabel(key),
          EventMetrics.labelsOfLabel(label.type(), group.currency(), key, label.value()),
          admitted(
              EventMetrics.labelsOfLabel(label.type(), currency, key, label.value()),
              EventMetrics.labelsOfLabel(Labels.OTHER, currency, key, Labels.OTHER)),
          group.second(),
          event.amount());
    }
  }

  private Labels admitted(Labels labels, Labels other) {
    return series.admits(merchantId, labels.text().hashCode()) ? labels : other;
  }

  private void move(String metric, Labels from, Labels to, long second, long amount) {
    deltas.at(merchantId, metric, from, second).occurrences(-1).amount(-amount);
    deltas.at(merchantId, metric, to, second).occurrences(1).amount(amount);
  }
}
