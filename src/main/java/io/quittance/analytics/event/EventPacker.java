package io.quittance.analytics.event;

import io.quittance.analytics.name.Name;
import io.quittance.analytics.wire.CompactWriter;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Writes the events of several bodies, whose names are assigned, some ten bytes each. Ids are left
 * out, because duplicates have been removed before. Not thread-safe.
 */
public final class EventPacker {

  static final int AMOUNT = 1;
  static final int CURRENCY = 1 << 1;
  static final int SESSION = 1 << 2;
  static final int PAYMENT = 1 << 3;

  /** The flags have the number of labels, shifted by this many bits. */
  static final int LABELS_SHIFT = 4;

  private final CompactWriter out;
  private final Map<Name, Integer> names = new HashMap<>();

  public EventPacker(CompactWriter out) {
    this.out = out;
  }

  /** Writes the events of a body, without duplicates. */
  public void write(EventBatch events, BitSet duplicates) {
    out.number(events.size() - duplicates.cardinality());
    long before = 0;
    for (int i = duplicates.nextClearBit(0);
        i < events.size();
        i = duplicates.nextClearBit(i + 1)) {
      write(events, i, before);
      before = events.second(i);
    }
  }

  private void write(EventBatch events, int i, long before) {
    long amount = events.amount(i);
    String currency = events.currency(i);
    long session = events.sessionHash(i);
    UUID payment = events.payment(i);
    int firstLabel = events.firstLabel(i);
    int labelsEnd = events.firstLabel(i + 1);
    out.number(
        (amount == 0 ? 0 : AMOUNT)
            | (currency == null ? 0 : CURRENCY)
            | (session == 0 ? 0 : SESSION)
            | (payment == null ? 0 : PAYMENT)
            | (labelsEnd - firstLabel) << LABELS_SHIFT);
    long later = events.second(i) - before;
    out.number(later << 1 ^ later >> Long.SIZE - 1);
    name(events.type(i));
    if (amount != 0) {
      out.number(amount);
    }
    if (currency != null) {
      out.text(currency);
    }
    if (session != 0) {
      out.word(session);
    }
    if (payment != null) {
      out.id(payment);
    }
    for (int label = firstLabel; label < labelsEnd; label++) {
      name(events.label(label));
    }
  }

  /** 0: a new name follows; above: the names so far, counted from 1. */
  private void name(Name name) {
    Integer known = names.putIfAbsent(name, names.size() + 1);
    if (known != null) {
      out.number(known);
      return;
    }
    out.number(0);
    out.text(name.space());
    out.text(name.text());
  }
}
