package io.quittance.analytics.event;

import java.util.UUID;

/**
 * A keyed 64-bit hash of a text: SipHash-2-4 of its UTF-16 units. Without the key, nobody can make
 * texts that collide. Immutable.
 *
 * @see <a href="https://www.aumasson.jp/siphash/siphash.pdf">Aumasson, Bernstein: SipHash</a>
 */
public final class TextHash {

  private static final int UNITS_PER_WORD = 4;

  private final long key0;
  private final long key1;

  public TextHash(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /** A hash for one owner's texts: the same text of another owner has another hash. */
  public TextHash of(UUID owner) {
    return new TextHash(
        of(owner.getMostSignificantBits(), owner.getLeastSignificantBits()),
        of(owner.getLeastSignificantBits(), owner.getMostSignificantBits()));
  }

  private long of(long first, long second) {
    var state = new char[2 * UNITS_PER_WORD];
    for (int i = 0; i < UNITS_PER_WORD; i++) {
      state[i] = (char) (first >>> 16 * i);
      state[UNITS_PER_WORD + i] = (char) (second >>> 16 * i);
    }
    return of(state, 0, state.length);
  }

  public long of(String text) {
    return of(text.toCharArray(), 0, text.length());
  }

  /** The hash of a part of an array. */
  public long of(char[] text, int offset, int length) {
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    int words = length / UNITS_PER_WORD;
    for (int i = 0; i <= words + 4; i++) {
      long word;
      if (i < words) {
        word = word(text, offset + i * UNITS_PER_WORD, UNITS_PER_WORD);
      } else if (i == words) {
        int rest = length % UNITS_PER_WORD;
        word = word(text, offset + length - rest, rest) | (long) (2 * length & 0xff) << 56;
      } else {
        word = 0;
        v2 ^= i == words + 1 ? 0xff : 0;
      }
      v3 ^= word;
      for (int round = i <= words ? 0 : 1; round < 2; round++) {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= word;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private static long word(char[] text, int at, int units) {
    long word = 0;
    for (int i = 0; i < units; i++) {
      word |= (long) text[at + i] << 16 * i;
    }
    return word;
  }
}
