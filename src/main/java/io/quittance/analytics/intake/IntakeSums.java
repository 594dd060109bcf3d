package io.quittance.analytics.intake;

import io.quittance.analytics.enrich.KnownPayments;
import io.quittance.analytics.enrich.PendingBatch;
import io.quittance.analytics.event.EventBatch;
import io.quittance.analytics.name.Name;
import io.quittance.analytics.name.SeriesLimit;
import io.quittance.analytics.name.Vocabulary;
import io.quittance.analytics.pane.PaneDeltas;
import io.quittance.analytics.pane.Totals;
import io.quittance.payment.event.PaymentSummaries.Summary;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The sums of the bodies of one commit, to be added to panes and totals. Not thread-safe. */
public final class IntakeSums {

  private static final int PANES_PER_COMMIT_MAX = 20_000;

  /** The sums of one merchant. */
  private static final class Share {

    private final OpenPanes panes;
    private final Vocabulary vocabulary;
    private Totals.Counts counts = Totals.Counts.NONE;
    private long done;
    private long pending;
    private long failed;

    Share(OpenPanes panes, Vocabulary vocabulary) {
      this.panes = panes;
      this.vocabulary = vocabulary;
    }
  }

  private final SeriesLimit series;
  private final KnownPayments payments;
  private final PendingLimit pendingLimit;
  private final Map<UUID, Share> shares = new HashMap<>();

  IntakeSums(SeriesLimit series, KnownPayments payments, PendingLimit pendingLimit) {
    this.series = series;
    this.payments = payments;
    this.pendingLimit = pendingLimit;
  }

  /**
   * Counts the events of a body, whose names are assigned.
   *
   * @param duplicates indexes of events that are left out
   * @param verdicts the outcomes of all events that were sent
   */
  public void count(
      UUID merchantId,
      Vocabulary vocabulary,
      EventBatch events,
      BitSet duplicates,
      Totals.Counts verdicts) {
    Share share =
        shares.computeIfAbsent(merchantId, id -> new Share(new OpenPanes(id, series), vocabulary));
    for (int i = duplicates.nextClearBit(0);
        i < events.size();
        i = duplicates.nextClearBit(i + 1)) {
      count(merchantId, events, i, share);
    }
    share.counts = share.counts.plus(verdicts);
  }

  private void count(UUID merchantId, EventBatch events, int i, Share share) {
    UUID payment = events.payment(i);
    if (payment == null) {
      plain(events, i, share);
    } else {
      enrich(merchantId, events, i, share, payment);
    }
    if (events.sessionHash(i) != 0) {
      share.panes.session(events.second(i), events.type(i), events.sessionHash(i));
    }
  }

  private void enrich(UUID merchantId, EventBatch events, int i, Share share, UUID paymentId) {
    Optional<Summary> looked = payments.get(merchantId, paymentId);
    Summary payment = looked == null ? null : looked.orElse(null);
    Name payee = payment == null ? null : share.vocabulary.payee(payment.payee());
    if (payment != null && payee != null) {
      enriched(events, i, share, payment, payee);
      share.done++;
    } else if ((looked != null && looked.isEmpty())
        || !pendingLimit.hasRoom(merchantId, share.pending)) {
      plain(events, i, share);
      share.failed++;
    } else {
      pending(events, i, share, paymentId);
      share.pending++;
    }
  }

  /** Counts an event by its own fields, without its payment. */
  private static void plain(EventBatch events, int i, Share share) {
    String currency = events.currency(i);
    share.panes.event(events.second(i), events.type(i), currency, events.amount(i));
    labels(events, i, share, currency);
  }

  private static void enriched(EventBatch events, int i, Share share, Summary payment, Name payee) {
    String own = events.currency(i);
    String currency = own == null ? payment.currency() : own;
    share.panes.enriched(
        events.second(i), events.type(i), currency, events.amount(i), payee, payment.status());
    labels(events, i, share, currency);
  }

  private static void pending(EventBatch events, int i, Share share, UUID paymentId) {
    String currency = events.currency(i);
    List<PendingBatch.Label> places = List.of();
    if (currency == null) {
      places = pendingLabels(events, i, share);
    } else {
      labels(events, i, share, currency);
    }
    share.panes.pending(
        events.second(i),
        events.type(i),
        currency,
        new PendingBatch.Event(paymentId, events.amount(i), places));
  }

  private static void labels(EventBatch events, int i, Share share, @Nullable String currency) {
    int end = events.firstLabel(i + 1);
    for (int label = events.firstLabel(i); label < end; label++) {
      share.panes.label(
          events.second(i), events.type(i), currency, events.amount(i), events.label(label));
    }
  }

  /** Counts the labels of an event without a currency; they move once its payment is known. */
  private static List<PendingBatch.Label> pendingLabels(EventBatch events, int i, Share share) {
    var places = new ArrayList<PendingBatch.Label>(0);
    int end = events.firstLabel(i + 1);
    for (int label = events.firstLabel(i); label < end; label++) {
      places.add(
          share.panes.pendingLabel(
              events.second(i), events.type(i), events.amount(i), events.label(label)));
    }
    return places;
  }

  /** Whether the sums have as many panes as one transaction should write. */
  public boolean isFull() {
    return shares.values().stream().mapToInt(share -> share.panes.size()).sum()
        > PANES_PER_COMMIT_MAX;
  }

  public boolean isEmpty() {
    return shares.isEmpty();
  }

  SortedMap<UUID, Totals.Counts> totals() {
    var totals = new TreeMap<UUID, Totals.Counts>();
    shares.forEach(
        (merchantId, share) ->
            totals.put(
                merchantId,
                share.counts.plus(
                    new Totals.Counts(0, 0, 0, 0, share.done, share.pending, share.failed))));
    return totals;
  }

  PaneDeltas deltas() {
    var deltas = new PaneDeltas();
    shares.values().forEach(share -> share.panes.addTo(deltas));
    return deltas;
  }

  List<PendingBatch> pending() {
    var pending = new ArrayList<PendingBatch>();
    shares.values().forEach(share -> pending.addAll(share.panes.pending()));
    return pending;
  }
}
