package io.quittance.analytics.intake;

import io.quittance.analytics.event.EventBatch;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.LongSupplier;

/**
 * Remembers the ids of events for a while, in two generations: the older one is dropped when the
 * younger one has lasted for the window or is full. So an id is known for one window at least, if
 * there is room, and for two at most. Ids are 64-bit hashes with a key of this replica: beside four
 * million others, one new id in about four trillion is taken for a known one. Not thread-safe.
 */
public final class DuplicateFilter {

  private final long windowNanos;
  private final int generationMax;
  private final LongSupplier nanoTime;
  private IdTable younger = new IdTable();
  private IdTable older = new IdTable();
  private long youngerSince;
  private long olderUntil;
  private long forgottenEarly;
  private long[] added = new long[1024];
  private int addedCount;
  private long fetched;

  /**
   * @param window how long an id is remembered, at least, if there is room
   * @param capacity how many ids are remembered, at most
   * @param nanoTime as {@link System#nanoTime}
   */
  public DuplicateFilter(Duration window, int capacity, LongSupplier nanoTime) {
    this.windowNanos = window.toNanos();
    this.generationMax = Math.max(1, capacity / 2);
    this.nanoTime = nanoTime;
    this.youngerSince = nanoTime.getAsLong();
  }

  /** Starts to note what is added, so that it can be taken back. */
  public void begin() {
    addedCount = 0;
    long now = nanoTime.getAsLong();
    long end = youngerSince + windowNanos;
    if (now - end >= windowNanos) {
      younger.clear();
      older.clear();
      youngerSince = now;
      olderUntil = now;
    } else if (now - end >= 0) {
      // At the end and not now: nothing was added since, and the next end is a window later.
      rotate(end);
    }
  }

  /** Remembers the ids of a body's events, and returns the indexes of those that were known. */
  public BitSet addAll(EventBatch events) {
    fetch(events);
    var duplicates = new BitSet();
    for (int i = 0; i < events.size(); i++) {
      if (!add(events.idHash(i))) {
        duplicates.set(i);
      }
    }
    return duplicates;
  }

  /** Forgets the ids of a body's events, except for duplicates. */
  public void forget(EventBatch events, BitSet duplicates) {
    for (int i = duplicates.nextClearBit(0);
        i < events.size();
        i = duplicates.nextClearBit(i + 1)) {
      forget(events.idHash(i));
    }
  }

  /**
   * Prefetches what {@link #add} will read: many ids at random places of tables that are larger
   * than the CPU's caches.
   */
  private void fetch(EventBatch events) {
    long seen = 0;
    for (int i = 0; i < events.size(); i++) {
      long hash = events.idHash(i);
      seen ^= older.peek(hash) ^ younger.peek(hash);
    }
    // Kept, so that the compiler does not remove the reads.
    fetched = seen;
  }

  /** Remembers an id, and returns whether it was new. */
  boolean add(long hash) {
    if (older.contains(hash) || !younger.add(hash)) {
      return false;
    }
    if (addedCount == added.length) {
      added = Arrays.copyOf(added, 2 * addedCount);
    }
    added[addedCount++] = hash;
    if (younger.size() >= generationMax) {
      rotate(nanoTime.getAsLong());
    }
    return true;
  }

  /** Forgets what was added since {@link #begin}, because it was not counted. */
  void takeBack() {
    for (int i = 0; i < addedCount; i++) {
      forget(added[i]);
    }
    addedCount = 0;
  }

  private void forget(long hash) {
    younger.remove(hash);
    older.remove(hash);
  }

  /**
   * @param at the end of the younger generation
   */
  private void rotate(long at) {
    if (at - olderUntil < windowNanos) {
      forgottenEarly += older.size();
    }
    IdTable forgotten = older;
    older = younger;
    olderUntil = at;
    forgotten.clear();
    younger = forgotten;
    youngerSince = at;
  }

  /** How many ids were forgotten before the end of their window, because the filter was full. */
  public long forgottenEarly() {
    return forgottenEarly;
  }

  /** How many ids are remembered. */
  int size() {
    return younger.size() + older.size();
  }
}
