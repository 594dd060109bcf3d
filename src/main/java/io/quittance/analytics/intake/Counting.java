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

/** Counts the bodies of one commit: what is to be added to panes and totals. Not thread-safe. */
public final class Counting {

  private static final int PANES_PER_COMMIT_MAX = 20_000;

  /** What has been counted of one merchant. */
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

  Counting(SeriesLimit series, KnownPayments payments, PendingLimit pendingLimit) {
    this.series = series;
    this.payments = payments;
    this.pendingLimit = pendingLimit;
  }

  /**
   * Counts the events of a body, whose names are settled.
   *
   * @param duplicates places of events that are left out
   * @param verdicts what becomes of all events that were sent
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
    long second = events.second(i);
    Name type = events.type(i);
    String currency = events.currency(i);
    long amount = events.amount(i);
    UUID payment = events.payment(i);
    if (payment == null) {
      share.panes.event(second, type, currency, amount);
    } else {
      enrich(merchantId, share, second, type, currency, amount, payment);
    }
    int labelsEnd = events.firstLabel(i + 1);
    for (int label = events.firstLabel(i); label < labelsEnd; label++) {
      share.panes.label(second, type, currency, amount, events.label(label));
    }
    if (events.sessionHash(i) != 0) {
      share.panes.session(second, type, events.sessionHash(i));
    }
  }

  private void enrich(
      UUID merchantId,
      Share share,
      long second,
      Name type,
      @Nullable String currency,
      long amount,
      UUID paymentId) {
    Optional<Summary> looked = payments.get(merchantId, paymentId);
    Summary payment = looked == null ? null : looked.orElse(null);
    Name payee = payment == null ? null : share.vocabulary.payee(payment.payee());
    if (payment != null && payee != null) {
      String of = currency == null ? payment.currency() : currency;
      share.panes.enriched(second, type, of, amount, payee, payment.status());
      share.done++;
    } else if ((looked != null && looked.isEmpty())
        || !pendingLimit.hasRoom(merchantId, share.pending)) {
      share.panes.event(second, type, currency, amount);
      share.failed++;
    } else {
      share.panes.pending(second, type, currency, amount, paymentId);
      share.pending++;
    }
  }

  /** Whether there are as many panes to be added to as one transaction should have. */
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
