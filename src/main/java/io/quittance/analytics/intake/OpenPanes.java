package io.quittance.analytics.intake;

import io.quittance.analytics.enrich.PendingBatch;
import io.quittance.analytics.name.Name;
import io.quittance.analytics.name.SeriesLimit;
import io.quittance.analytics.pane.EventMetrics;
import io.quittance.analytics.pane.Labels;
import io.quittance.analytics.pane.PaneDelta;
import io.quittance.analytics.pane.PaneDeltas;
import io.quittance.web.TypeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The panes of one merchant to which one commit adds, found without creating a key for each event.
 * Not thread-safe.
 */
final class OpenPanes {

  private static final int PENDING_PER_BATCH_MAX = 5_000;

  /** From the golden ratio: spreads neighbouring numbers far apart. */
  private static final int SPREAD = 0x9e37_79b1;

  private static final int FIRST_SLOTS = 64;

  /** The three kinds of panes that an event is counted in. */
  private enum Kind {
    EVENTS,
    LABEL,
    SESSIONS
  }

  /**
   * One second of one pane.
   *
   * @param second since 1970
   * @param extra the value of the label, or the payee
   */
  private record Pane(
      Kind kind,
      long second,
      Name type,
      @Nullable String currency,
      @Nullable Name extra,
      @Nullable String status,
      PaneDelta delta,
      List<PendingBatch.Event> pending,
      int hash) {

    boolean is(
        Kind wanted,
        long at,
        Name ofType,
        @Nullable String in,
        @Nullable Name with,
        @Nullable String state) {
      return second == at
          && kind == wanted
          && type.equals(ofType)
          && Objects.equals(currency, in)
          && Objects.equals(extra, with)
          && Objects.equals(status, state);
    }

    String metric() {
      return switch (kind) {
        case EVENTS -> EventMetrics.EVENTS;
        case LABEL -> EventMetrics.ofLabel(Objects.requireNonNull(extra).labelKey());
        case SESSIONS -> EventMetrics.SESSIONS;
      };
    }

    Labels labels() {
      return switch (kind) {
        case EVENTS ->
            EventMetrics.labels(type.text(), currency, extra == null ? null : extra.text(), status);
        case LABEL ->
            EventMetrics.labelsOfLabel(
                type.text(), currency, Objects.requireNonNull(extra).labelKey(), extra.text());
        case SESSIONS -> EventMetrics.labels(type.text(), null, null, null);
      };
    }
  }

  private final UUID merchantId;
  private final SeriesLimit series;
  private final List<Pane> panes = new ArrayList<>();
  private @Nullable Pane[] slots = new Pane[FIRST_SLOTS];

  OpenPanes(UUID merchantId, SeriesLimit series) {
    this.merchantId = merchantId;
    this.series = series;
  }

  /** Counts an event. */
  void event(long second, Name type, @Nullable String currency, long amount) {
    at(Kind.EVENTS, second, type, currency, null, null).delta().occurrences(1).amount(amount);
  }

  /**
   * Counts an event whose payment is still to be looked up.
   *
   * @param event what is stored of it
   */
  void pending(long second, Name type, @Nullable String currency, PendingBatch.Event event) {
    Pane pane = at(Kind.EVENTS, second, type, currency, null, null);
    pane.delta().occurrences(1).amount(event.amount());
    pane.pending().add(event);
  }

  /** Counts an event whose payment is known. */
  void enriched(long second, Name type, String currency, long amount, Name payee, String status) {
    at(Kind.EVENTS, second, type, currency, payee, status).delta().occurrences(1).amount(amount);
  }

  /** Counts a label of an event. */
  void label(long second, Name type, @Nullable String currency, long amount, Name value) {
    at(Kind.LABEL, second, type, currency, value, null).delta().occurrences(1).amount(amount);
  }

  /** Counts a label of an event that gets its currency from its payment, and returns where. */
  PendingBatch.Label pendingLabel(long second, Name type, long amount, Name value) {
    Pane pane = at(Kind.LABEL, second, type, null, value, null);
    pane.delta().occurrences(1).amount(amount);
    Name counted = Objects.requireNonNull(pane.extra());
    return new PendingBatch.Label(pane.type().text(), counted.labelKey(), counted.text());
  }

  /** Counts the session of an event. */
  void session(long second, Name type, long hash) {
    at(Kind.SESSIONS, second, type, null, null, null).delta().distinct(hash);
  }

  private Pane at(
      Kind kind,
      long second,
      Name type,
      @Nullable String currency,
      @Nullable Name extra,
      @Nullable String status) {
    int hash = hash(kind, type, currency, extra, status);
    int slot = slot(hash, second);
    for (Pane pane = slots[slot]; pane != null; pane = slots[slot]) {
      if (pane.hash() == hash && pane.is(kind, second, type, currency, extra, status)) {
        return pane;
      }
      slot = slot + 1 & slots.length - 1;
    }
    return open(kind, second, type, currency, extra, status, hash);
  }

  private int slot(int hash, long second) {
    return (hash ^ (int) second * SPREAD) >>> 7 & slots.length - 1;
  }

  private static int hash(
      Kind kind,
      Name type,
      @Nullable String currency,
      @Nullable Name extra,
      @Nullable String status) {
    int hash = 31 * type.hashCode() + kind.ordinal();
    hash = 31 * hash + (currency == null ? 0 : currency.hashCode());
    hash = 31 * hash + (extra == null ? 0 : extra.hashCode());
    return SPREAD * (31 * hash + (status == null ? 0 : status.hashCode()));
  }

  private Pane open(
      Kind kind,
      long second,
      Name type,
      @Nullable String currency,
      @Nullable Name extra,
      @Nullable String status,
      int hash) {
    boolean folded = type.isOther() && (extra == null || extra.isOther());
    if (!folded && !series.admits(merchantId, hash)) {
      return at(kind, second, type.other(), currency, extra == null ? null : extra.other(), status);
    }
    var pane =
        new Pane(
            kind, second, type, currency, extra, status, new PaneDelta(), new ArrayList<>(0), hash);
    panes.add(pane);
    if (panes.size() > slots.length / 2) {
      slots = new Pane[2 * slots.length];
      panes.forEach(this::place);
    } else {
      place(pane);
    }
    return pane;
  }

  private void place(Pane pane) {
    int slot = slot(pane.hash(), pane.second());
    while (slots[slot] != null) {
      slot = slot + 1 & slots.length - 1;
    }
    slots[slot] = pane;
  }

  /** How many panes there are. */
  int size() {
    return panes.size();
  }

  /** Adds everything to the deltas of a transaction. */
  void addTo(PaneDeltas deltas) {
    for (Pane pane : panes) {
      deltas.at(merchantId, pane.metric(), pane.labels(), pane.second()).add(pane.delta());
    }
  }

  /** The events whose payments are to be looked up. */
  List<PendingBatch> pending() {
    var batches = new ArrayList<PendingBatch>();
    var groups = new ArrayList<PendingBatch.Group>();
    int size = 0;
    for (Pane pane : panes) {
      for (int from = 0; from < pane.pending().size(); from += PENDING_PER_BATCH_MAX) {
        int to = Math.min(pane.pending().size(), from + PENDING_PER_BATCH_MAX);
        if (size + to - from > PENDING_PER_BATCH_MAX) {
          batches.add(new PendingBatch(merchantId, TypeId.next(), List.copyOf(groups)));
          groups.clear();
          size = 0;
        }
        groups.add(
            new PendingBatch.Group(
                pane.type().text(),
                pane.currency(),
                pane.second(),
                pane.pending().subList(from, to)));
        size += to - from;
      }
    }
    if (!groups.isEmpty()) {
      batches.add(new PendingBatch(merchantId, TypeId.next(), groups));
    }
    return batches;
  }
}
