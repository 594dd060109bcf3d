package io.quittance.analytics.event;

import io.quittance.analytics.name.Name;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The valid events of one body, in columns: arrays and names, and no object per event. Written by
 * one thread, then read by one.
 */
public final class EventBatch {

  private static final int CAPACITY_MIN = 16;

  private int size;
  private long[] idHashes;
  private long[] seconds;
  private Name[] types;
  private long[] amounts;
  private @Nullable String[] currencies;
  private long[] sessionHashes;
  private int[] labelEnds;
  private @Nullable UUID @Nullable [] payments;
  private Name[] labels;
  private int labelCount;

  /**
   * @param expected how many events there will be, about
   */
  EventBatch(int expected) {
    int capacity = Math.max(CAPACITY_MIN, expected);
    idHashes = new long[capacity];
    seconds = new long[capacity];
    types = new Name[capacity];
    amounts = new long[capacity];
    currencies = new String[capacity];
    sessionHashes = new long[capacity];
    labelEnds = new int[capacity];
    labels = new Name[capacity];
  }

  /** How many events there are. */
  public int size() {
    return size;
  }

  /** The hash of an event's id, keyed by its merchant. */
  public long idHash(int event) {
    return idHashes[event];
  }

  /** When it happened, in seconds since 1970. */
  public long second(int event) {
    return seconds[event];
  }

  public Name type(int event) {
    return types[event].assigned();
  }

  /** In minor units; 0: the event has none. */
  public long amount(int event) {
    return amounts[event];
  }

  public @Nullable String currency(int event) {
    return currencies[event];
  }

  /** The hash of its session; 0: it has none. */
  public long sessionHash(int event) {
    return sessionHashes[event];
  }

  public @Nullable UUID payment(int event) {
    return payments == null ? null : payments[event];
  }

  /** The index of its first label; its labels end before the first label of the next event. */
  public int firstLabel(int event) {
    return event == 0 ? 0 : labelEnds[event - 1];
  }

  public Name label(int label) {
    return labels[label].assigned();
  }

  /** Adds an event; its labels have been added before. */
  void add(EventFields event) {
    if (size == idHashes.length) {
      grow(2 * size);
    }
    idHashes[size] = event.idHash;
    seconds[size] = event.second;
    types[size] = event.type;
    amounts[size] = event.amount;
    currencies[size] = event.currency;
    sessionHashes[size] = event.sessionHash;
    for (int i = 0; i < event.labelCount; i++) {
      addLabel(event.labels[i]);
    }
    labelEnds[size] = labelCount;
    if (event.payment != null) {
      addPayment(event.payment);
    }
    size++;
  }

  private void addLabel(Name label) {
    if (labelCount == labels.length) {
      labels = Arrays.copyOf(labels, 2 * labelCount);
    }
    labels[labelCount++] = label;
  }

  private void addPayment(UUID payment) {
    if (payments == null) {
      payments = new UUID[idHashes.length];
    }
    payments[size] = payment;
  }

  private void grow(int capacity) {
    idHashes = Arrays.copyOf(idHashes, capacity);
    seconds = Arrays.copyOf(seconds, capacity);
    types = Arrays.copyOf(types, capacity);
    amounts = Arrays.copyOf(amounts, capacity);
    currencies = Arrays.copyOf(currencies, capacity);
    sessionHashes = Arrays.copyOf(sessionHashes, capacity);
    labelEnds = Arrays.copyOf(labelEnds, capacity);
    payments = payments == null ? null : Arrays.copyOf(payments, capacity);
  }
}
