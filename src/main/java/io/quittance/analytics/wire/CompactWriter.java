package io.quittance.analytics.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes numbers as variable-length integers, seven bits to a byte, and each text once. Not
 * thread-safe.
 *
 * <p>Why ours: Protocol Buffers and Avro write a text as often as it occurs, and what is written
 * here repeats few texts (types, labels, currencies) thousands of times.
 */
public final class CompactWriter {

  private static final int FIRST_BYTES = 128;
  private static final int NUMBER_BYTES_MAX = 10;

  private final Map<String, Integer> texts = new HashMap<>();
  private byte[] bytes = new byte[FIRST_BYTES];
  private int size;

  /** Takes one byte if it is below 128, and ten if it is negative. */
  public void number(long value) {
    room(NUMBER_BYTES_MAX);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** All 64 bits unchanged, for hashes. */
  public void word(long value) {
    room(Long.BYTES);
    for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  public void id(UUID id) {
    word(id.getMostSignificantBits());
    word(id.getLeastSignificantBits());
  }

  /** 0: none; 1: a new text follows; above: the texts so far, counted from 2. */
  public void text(@Nullable String text) {
    if (text == null) {
      number(0);
      return;
    }
    Integer known = texts.putIfAbsent(text, texts.size() + 2);
    if (known != null) {
      number(known);
      return;
    }
    number(1);
    byte[] encoded = text.getBytes(UTF_8);
    number(encoded.length);
    room(encoded.length);
    System.arraycopy(encoded, 0, bytes, size, encoded.length);
    size += encoded.length;
  }

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }

  /** How many bytes there are. */
  public int size() {
    return size;
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return Arrays.copyOf(bytes, size);
  }
}
