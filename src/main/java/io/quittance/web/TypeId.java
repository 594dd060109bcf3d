package io.quittance.web;

import com.github.f4b6a3.uuid.UuidCreator;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * Ids in the API: a prefix, an underscore and a UUIDv7 (RFC 9562) as 26 characters of Crockford's
 * base32 in lower case. Inside the service an id is a plain {@link UUID}.
 *
 * @see <a href="https://github.com/jetify-com/typeid/tree/main/spec">TypeID specification 0.3</a>
 */
public final class TypeId {

  /** The last id in the order of databases. */
  public static final UUID LAST = new UUID(-1, -1);

  private static final char[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
  private static final byte[] VALUES = new byte[128];
  private static final int LENGTH = 26;

  static {
    Arrays.fill(VALUES, (byte) -1);
    for (int i = 0; i < ALPHABET.length; i++) {
      VALUES[ALPHABET[i]] = (byte) i;
    }
  }

  private TypeId() {}

  /** A new UUIDv7, ascending within this process. */
  public static UUID next() {
    return UuidCreator.getTimeOrderedEpochPlus1();
  }

  /**
   * A new UUIDv7, ascending within this process, with 48 random bits at the end, so that ids that
   * differ only in the last digit are free.
   */
  public static UUID nextWithRoom() {
    return UuidCreator.getTimeOrderedEpoch();
  }

  /**
   * The smallest id of the instant's millisecond; earlier ids are smaller. There are none before
   * 1970.
   */
  public static UUID first(Instant instant) {
    return new UUID(Math.max(0, instant.toEpochMilli()) << 16 | 0x7000L, Long.MIN_VALUE);
  }

  /** When an id was made, in milliseconds by the clock of the process that made it. */
  public static Instant madeAt(UUID id) {
    return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
  }

  public static String format(String prefix, UUID id) {
    char[] text = new char[LENGTH];
    long high = id.getMostSignificantBits();
    long low = id.getLeastSignificantBits();
    for (int i = LENGTH - 1; i >= 0; i--) {
      text[i] = ALPHABET[(int) (low & 31)];
      low = (low >>> 5) | (high << 59);
      high >>>= 5;
    }
    return prefix + '_' + new String(text);
  }

  /** The id in {@code text}; empty when it is not one of this prefix. */
  public static Optional<UUID> parse(String prefix, String text) {
    int start = prefix.length() + 1;
    if (text.length() != start + LENGTH
        || !text.startsWith(prefix)
        || text.charAt(start - 1) != '_'
        || text.charAt(start) > '7') {
      return Optional.empty();
    }
    long high = 0;
    long low = 0;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      int value = c < 128 ? VALUES[c] : -1;
      if (value < 0) {
        return Optional.empty();
      }
      high = (high << 5) | (low >>> 59);
      low = (low << 5) | value;
    }
    return Optional.of(new UUID(high, low));
  }

  /** As {@link #parse}; 404 for a text that is not such an id. */
  public static UUID require(String prefix, String text) {
    return parse(prefix, text)
        .orElseThrow(
            () ->
                Problem.of(
                    ProblemCode.NOT_FOUND,
                    "There is no object with this id; it must be %s_ followed by %d characters."
                        .formatted(prefix, LENGTH)));
  }
}
