package io.quittance.admission;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Remembers hashes of keys until others overwrite them: about the last hundred thousand. Each
 * payment adds one, at the cost of one write to memory; an LRU cache would take one percent of a
 * payment's processor time. Thread-safe.
 */
final class RecentKeys {

  /** 1 MB. */
  private static final int PLACES = 1 << 17;

  private final AtomicLongArray places = new AtomicLongArray(PLACES);

  void add(long key) {
    places.setRelease(place(key), key);
  }

  /** Whether the key was added; may be false for a key that was added long ago. */
  boolean contains(long key) {
    return key != 0 && places.getAcquire(place(key)) == key;
  }

  /** The upper bits of both halves take part. */
  private static int place(long key) {
    long mixed = key * 0x9E37_79B9_7F4A_7C15L;
    return (int) (mixed >>> 47);
  }
}
