package io.quittance.admission;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Remembers numbers that stand for keys until others take their places: the last hundred thousand
 * or so. Each payment adds one, so it costs no more than a write to memory; a cache that knows
 * which is the oldest takes a hundredth of a payment's processor time. Thread-safe.
 */
final class RecentKeys {

  /** 1 MB. */
  private static final int PLACES = 1 << 17;

  private final AtomicLongArray places = new AtomicLongArray(PLACES);

  void add(long key) {
    places.setRelease(place(key), key);
  }

  /** Never true of what was not added, and mostly true of what was added lately. */
  boolean contains(long key) {
    return key != 0 && places.getAcquire(place(key)) == key;
  }

  /** The upper bits of both halves take part. */
  private static int place(long key) {
    long mixed = key * 0x9E37_79B9_7F4A_7C15L;
    return (int) (mixed >>> 47);
  }
}
