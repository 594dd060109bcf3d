package io.quittance.analytics.intake;

import io.quittance.analytics.event.EventBatch;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.LongSupplier;

/**
 * Knows the ids of events again for a while, in two generations: the older one is forgotten when
 * the younger one has lasted for the window, or is full. So an id is known for one window, and for
 * two at most. Ids are hashes of 64 bits under a key of the replica's own: beside four million
 * others, one new id in some four million millions is taken for a known one. Not thread-safe.
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
   * @param window how long an id is known again, at least, if there is room
   * @param capacity how many ids are known, at most
   * @param nanoTime as {@link System#nanoTime}
   */
  public DuplicateFilter(Duration window, int capacity, LongSupplier nanoTime) {
    this.windowNanos = window.toNanos();
    this.generationMax = Math.max(1, capacity / 2);
    this.nanoTime = nanoTime;
    this.youngerSince = nanoTime.getAsLong();
  }

  /** Begins to note what is added, so that it can be taken back. */
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
      // Not at this instant: nothing was added since the end, and the next end is a window later.
      rotate(end);
    }
  }

  /** Remembers the ids of a body's events; the places of those that were known. */
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

  /** Forgets the ids of a body's events, but for the duplicates among them. */
  public void forget(EventBatch events, BitSet duplicates) {
    for (int i = duplicates.nextClearBit(0);
        i < events.size();
        i = duplicates.nextClearBit(i + 1)) {
      forget(events.idHash(i));
    }
  }

  /**
   * Brings near what {@link #add} will look at: of many ids at random places of tables that are
   * larger than any cache.
   */
  private void fetch(EventBatch events) {
    long seen = 0;
    for (int i = 0; i < events.size(); i++) {
      long hash = events.idHash(i);
      seen ^= older.peek(hash) ^ younger.peek(hash);
    }
    // Kept, so that the reads are not taken for useless.
    fetched = seen;
  }

  /** Remembers an id; whether it was not known. */
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

  /** Forgets what has been added since {@link #begin}: it was not counted after all. */
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

  /** How many ids were forgotten before their window was over, for want of room. */
  public long forgottenEarly() {
    return forgottenEarly;
  }

  /** How many ids are known. */
  int size() {
    return younger.size() + older.size();
  }
}
