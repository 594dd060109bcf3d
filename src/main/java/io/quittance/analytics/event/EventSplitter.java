package io.quittance.analytics.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Splits a body into its events without parsing them, so that an invalid event does not affect the
 * others. Not thread-safe.
 */
abstract sealed class EventSplitter {

  final byte[] body;
  final int length;
  int start;
  int end;
  boolean ascii;

  private EventSplitter(byte[] body, int length) {
    this.body = body;
    this.length = length;
  }

  static EventSplitter of(EventFormat format, byte[] body, int length) {
    return switch (format) {
      case LINES -> new Lines(body, length);
      case ARRAY, CLOUD_EVENTS -> new Elements(body, length);
    };
  }

  /**
   * Moves to the next event.
   *
   * @return whether there is one
   * @throws MalformedBodyException the body cannot be split into events
   */
  abstract boolean next();

  /** The first byte of the event. */
  int start() {
    return start;
  }

  /** The byte after the event. */
  int end() {
    return end;
  }

  /** Whether all of its bytes are ASCII. */
  boolean ascii() {
    return ascii;
  }

  static boolean space(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  /** One event on each line that is not blank; JSON has line ends only between tokens. */
  private static final class Lines extends EventSplitter {

    private static final VarHandle WORDS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long LINE_ENDS = ONES * '\n';
    private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

    private int at;

    Lines(byte[] body, int length) {
      super(body, length);
    }

    @Override
    boolean next() {
      while (at < length && space(body[at])) {
        at++;
      }
      start = at;
      long bits = 0;
      while (at + Long.BYTES <= length) {
        long word = (long) WORDS.get(body, at);
        if (hasLineEnd(word)) {
          break;
        }
        bits |= word;
        at += Long.BYTES;
      }
      while (at < length && body[at] != '\n') {
        bits |= body[at++];
      }
      end = at;
      ascii = (bits & NOT_ASCII) == 0;
      return end > start;
    }

    /**
     * Whether one of eight bytes is a line end: the exclusive or makes it 0, and subtracting 1 sets
     * its highest bit.
     */
    private static boolean hasLineEnd(long word) {
      long zeroes = word ^ LINE_ENDS;
      return (zeroes - ONES & ~zeroes & NOT_ASCII) != 0;
    }
  }

  /** The elements of one JSON array, found by quotes, brackets and commas. */
  private static final class Elements extends EventSplitter {

    private int at;
    private boolean begun;
    private boolean ended;

    Elements(byte[] body, int length) {
      super(body, length);
    }

    @Override
    boolean next() {
      if (!begun && !begin()) {
        return false;
      }
      if (ended) {
        return false;
      }
      skipSpace();
      start = at;
      element();
      if (body[at++] == ']') {
        finish();
      }
      return true;
    }

    /** Whether there are elements. */
    private boolean begin() {
      begun = true;
      skipSpace();
      if (at == length) {
        ended = true;
        return false;
      }
      if (body[at++] != '[') {
        throw new MalformedBodyException("must be a JSON array");
      }
      skipSpace();
      if (at < length && body[at] == ']') {
        at++;
        finish();
        return false;
      }
      return true;
    }

    private void finish() {
      ended = true;
      skipSpace();
      if (at < length) {
        throw new MalformedBodyException("has content after the end of its array");
      }
    }

    private void skipSpace() {
      while (at < length && space(body[at])) {
        at++;
      }
    }

    /** Stops at the comma or bracket that ends the element. */
    private void element() {
      int depth = 0;
      int bits = 0;
      while (at < length) {
        byte b = body[at];
        bits |= b;
        switch (b) {
          case '"' -> bits |= text();
          case '[', '{' -> depth++;
          case ']', '}' -> {
            if (depth == 0) {
              if (b == '}') {
                throw new MalformedBodyException("closes a bracket that was not opened");
              }
              finishElement(bits);
              return;
            }
            depth--;
          }
          case ',' -> {
            if (depth == 0) {
              finishElement(bits);
              return;
            }
          }
          default -> {
            // Part of a value.
          }
        }
        at++;
      }
      throw new MalformedBodyException("ends before its array is closed");
    }

    private void finishElement(int bits) {
      end = at;
      ascii = bits >= 0;
      if (start == end) {
        throw new MalformedBodyException("has no value where one is required");
      }
    }

    /** Stops at the quote that ends the text. */
    private int text() {
      int bits = 0;
      for (at++; at < length && body[at] != '"'; at++) {
        bits |= body[at];
        if (body[at] == '\\') {
          at++;
        }
      }
      return bits;
    }
  }
}
