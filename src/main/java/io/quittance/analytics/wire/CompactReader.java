package io.quittance.analytics.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what {@link CompactWriter} wrote. Not thread-safe. */
public final class CompactReader {

  private final ByteBuffer in;
  private final List<String> texts = new ArrayList<>();

  public CompactReader(byte[] bytes) {
    this.in = ByteBuffer.wrap(bytes);
  }

  public long number() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  /** A small number. */
  public int size() {
    return Math.toIntExact(number());
  }

  /**
   * The number of the following items, each of which has one byte at least.
   *
   * @throws BufferUnderflowException there are fewer bytes, so something else has written them
   */
  public int count() {
    int count = size();
    if (count < 0 || count > in.remaining()) {
      throw new BufferUnderflowException();
    }
    return count;
  }

  public long word() {
    return in.getLong();
  }

  public UUID id() {
    return new UUID(word(), word());
  }

  public @Nullable String text() {
    int code = size();
    if (code == 0) {
      return null;
    }
    if (code > 1) {
      return texts.get(code - 2);
    }
    byte[] encoded = new byte[count()];
    in.get(encoded);
    var text = new String(encoded, UTF_8);
    texts.add(text);
    return text;
  }

  /** A text that is not null. */
  public String someText() {
    return Objects.requireNonNull(text());
  }
}
