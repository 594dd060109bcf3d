package io.quittance.webhook.courier;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a response body. Reads at most {@value #READ_BYTES_MAX} bytes; if the connection
 * breaks, keeps what has arrived. Confined to a thread.
 */
final class BodyHead {

  static final int EXCERPT_LENGTH_MAX = 512;

  /**
   * More than the excerpt, so that a short body is read to its end and its connection is reused.
   */
  private static final int READ_BYTES_MAX = 8192;

  private static final char UNPRINTABLE = '\uFFFD';

  private final @Nullable HttpEntity entity;
  private boolean whole;

  BodyHead(@Nullable HttpEntity entity) {
    this.entity = entity;
    this.whole = entity == null;
  }

  /** Reads the body, and returns its beginning as printable text on one line. */
  String excerpt() {
    byte[] head = entity == null ? new byte[0] : read(entity);
    String text =
        new String(head, 0, Math.min(head.length, EXCERPT_LENGTH_MAX), StandardCharsets.UTF_8);
    var printable = new StringBuilder(text.length());
    text.codePoints().map(BodyHead::printable).forEach(printable::appendCodePoint);
    return printable.toString().strip();
  }

  private byte[] read(HttpEntity body) {
    var head = new byte[READ_BYTES_MAX + 1];
    int length = 0;
    try {
      InputStream in = body.getContent();
      int count = in.read(head);
      while (count >= 0 && length + count < head.length) {
        length += count;
        count = in.read(head, length, head.length - length);
      }
      whole = count < 0;
      length += Math.max(count, 0);
    } catch (IOException brokenOff) {
      // The status decides and has arrived; the body is kept as far as it came.
    }
    return Arrays.copyOf(head, length);
  }

  /** Whether the body was read to its end, so that its connection is back in the pool. */
  boolean whole() {
    return whole;
  }

  private static int printable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          Character.isWhitespace(codePoint) ? ' ' : UNPRINTABLE;
      case Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED ->
          UNPRINTABLE;
      default -> codePoint;
    };
  }
}
