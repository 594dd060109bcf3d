package io.quittance.analytics.intake;

import io.quittance.analytics.enrich.KnownPayments;
import io.quittance.analytics.enrich.PendingBatch;
import io.quittance.analytics.event.EventBatch;
import io.quittance.analytics.event.Name;
import io.quittance.analytics.event.ParsedBody;
import io.quittance.analytics.event.SeriesLimit;
import io.quittance.analytics.event.Vocabulary;
import io.quittance.analytics.pane.PaneDeltas;
import io.quittance.analytics.pane.Totals;
import io.quittance.payment.event.PaymentSummaries.Summary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Counts the bodies of one commit: what is to be added to panes and totals. Not thread-safe. */
final class Counting {

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

  private final DuplicateFilter filter;
  private final SeriesLimit series;
  private final KnownPayments payments;
  private final PendingLimit pendingLimit;
  private final Map<UUID, Share> shares = new HashMap<>();

  Counting(
      DuplicateFilter filter,
      SeriesLimit series,
      KnownPayments payments,
      PendingLimit pendingLimit) {
    this.filter = filter;
    this.series = series;
    this.payments = payments;
    this.pendingLimit = pendingLimit;
  }

  /** Counts a body, whose names have been settled by a vocabulary. */
  IntakeAnswer count(Body body, Vocabulary vocabulary) {
    Share share =
        shares.computeIfAbsent(
            body.merchantId(), id -> new Share(new OpenPanes(id, series), vocabulary));
    ParsedBody content = body.content();
    EventBatch events = content.events();
    int duplicates = 0;
    if (body.key() == null) {
      filter.fetch(events);
    }
    for (int i = 0; i < events.size(); i++) {
      if (body.key() == null && !filter.add(events.idHash(i))) {
        duplicates++;
      } else {
        count(body.merchantId(), events, i, share);
      }
    }
    int accepted = events.size() - duplicates;
    share.counts =
        share.counts.plus(
            new Totals.Counts(accepted, duplicates, content.late(), content.rejected(), 0, 0, 0));
    return new IntakeAnswer(
        content.received(),
        accepted,
        duplicates,
        content.late(),
        content.rejected(),
        content.errors());
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

  /** How many panes there are to be added to, about. */
  int panes() {
    return shares.values().stream().mapToInt(share -> share.panes.size()).sum();
  }

  boolean isEmpty() {
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
