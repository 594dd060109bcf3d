package io.quittance.analytics.intake;

import java.util.Arrays;

/**
 * A set of hashes of 64 bits, eight bytes each: open addressing with linear probing. Not
 * thread-safe.
 */
final class IdTable {

  private static final int FIRST_SLOTS = 1 << 12;

  /** Stands for an empty slot; this hash itself is kept as another one. */
  private static final long EMPTY = 0;

  private long[] slots = new long[FIRST_SLOTS];
  private int size;

  int size() {
    return size;
  }

  boolean contains(long hash) {
    return slots[slot(of(hash))] != EMPTY;
  }

  /**
   * The content of the slot where the search for a hash starts. A caller that reads many of these
   * in a row waits for memory once and not for each.
   */
  long peek(long hash) {
    return slots[home(of(hash))];
  }

  /** Adds a hash, and returns whether it was new. */
  boolean add(long hash) {
    long value = of(hash);
    int slot = slot(value);
    if (slots[slot] != EMPTY) {
      return false;
    }
    slots[slot] = value;
    size++;
    if (size > slots.length / 2) {
      grow();
    }
    return true;
  }

  /** Removes a hash, if it is there, and closes the gap. */
  void remove(long hash) {
    int gap = slot(of(hash));
    if (slots[gap] == EMPTY) {
      return;
    }
    size--;
    for (int at = next(gap); slots[at] != EMPTY; at = next(at)) {
      int home = home(slots[at]);
      boolean reachable = gap <= at ? gap < home && home <= at : gap < home || home <= at;
      if (!reachable) {
        slots[gap] = slots[at];
        gap = at;
      }
    }
    slots[gap] = EMPTY;
  }

  void clear() {
    Arrays.fill(slots, EMPTY);
    size = 0;
  }

  private static long of(long hash) {
    return hash == EMPTY ? 1 : hash;
  }

  /** Where a value is, or would be. */
  private int slot(long value) {
    int at = home(value);
    while (slots[at] != EMPTY && slots[at] != value) {
      at = next(at);
    }
    return at;
  }

  private int home(long value) {
    return (int) value & slots.length - 1;
  }

  private int next(int slot) {
    return slot + 1 & slots.length - 1;
  }

  private void grow() {
    long[] before = slots;
    slots = new long[2 * before.length];
    for (long value : before) {
      if (value != EMPTY) {
        slots[slot(value)] = value;
      }
    }
  }
}
