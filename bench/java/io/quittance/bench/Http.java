package io.quittance.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One keep-alive connection that speaks just enough HTTP/1.1. The client shares its cores with the
 * service, so whatever it spends is missing there: no library, no copies, no parsing beyond need.
 */
final class Http implements AutoCloseable {

  private static final byte[] CONTENT_LENGTH = ascii("content-length:");
  private static final byte[] CLOSE = ascii("connection: close");
  private static final byte[] CHUNKED = ascii("transfer-encoding: chunked");
  private static final int TIMEOUT_MS = 60_000;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] buffer = new byte[16_384];
  private int from;
  private int to;
  private int bodyFrom;
  private int bodyTo;
  private boolean closing;

  Http(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MS);
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Sends a whole request and reads the whole answer; its status. */
  int exchange(byte[] request) throws IOException {
    out.write(request);
    from = 0;
    to = 0;
    int status = 0;
    int length = -1;
    boolean chunked = false;
    closing = false;
    for (int line = lineEnd(); line > from; line = lineEnd()) {
      if (status == 0) {
        status = number(from + 9, line, 10);
      } else if (starts(CONTENT_LENGTH, line)) {
        length = number(from + CONTENT_LENGTH.length, line, 10);
      } else if (starts(CHUNKED, line)) {
        chunked = true;
      } else if (starts(CLOSE, line)) {
        closing = true;
      }
      from = line + 2;
    }
    from += 2;
    if (chunked) {
      skipChunks();
    } else {
      body(Math.max(0, length));
    }
    return status;
  }

  /** Whether the service said that it closes the connection after the last answer. */
  boolean closing() {
    return closing;
  }

  /** The body of the last answer; of a chunked one its last chunk that was not empty. */
  String body() {
    return new String(buffer, bodyFrom, bodyTo - bodyFrom, StandardCharsets.UTF_8);
  }

  /** Copies what follows these bytes, with which the last answer's body must begin. */
  void copyAfter(byte[] start, byte[] target) throws IOException {
    if (bodyTo - bodyFrom < start.length + target.length
        || !Arrays.equals(start, 0, start.length, buffer, bodyFrom, bodyFrom + start.length)) {
      throw new IOException("an unexpected answer: " + body());
    }
    System.arraycopy(buffer, bodyFrom + start.length, target, 0, target.length);
  }

  private void skipChunks() throws IOException {
    while (true) {
      int line = lineEnd();
      int size = number(from, line, 16);
      from = line + 2;
      if (size > 0) {
        body(size);
      } else {
        need(2);
      }
      from += 2;
      if (size == 0) {
        return;
      }
    }
  }

  private void body(int length) throws IOException {
    need(length);
    bodyFrom = from;
    bodyTo = from + length;
    from = bodyTo;
  }

  private void need(int bytes) throws IOException {
    while (to - from < bytes) {
      fill();
    }
  }

  private int lineEnd() throws IOException {
    for (int i = from; ; i++) {
      while (i + 1 >= to) {
        fill();
      }
      if (buffer[i] == '\r' && buffer[i + 1] == '\n') {
        return i;
      }
    }
  }

  private void fill() throws IOException {
    if (to == buffer.length) {
      throw new IOException("the answer is larger than %d bytes".formatted(buffer.length));
    }
    int read = in.read(buffer, to, buffer.length - to);
    if (read < 0) {
      throw new EOFException("the service closed the connection");
    }
    to += read;
  }

  private boolean starts(byte[] name, int line) {
    if (line - from < name.length) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      int c = buffer[from + i];
      if (name[i] != (c >= 'A' && c <= 'Z' ? c + 32 : c)) {
        return false;
      }
    }
    return true;
  }

  private int number(int start, int end, int radix) {
    int value = 0;
    for (int i = start; i < end; i++) {
      int digit = Character.digit(buffer[i], radix);
      if (digit < 0 && buffer[i] == ' ' && value == 0) {
        continue;
      }
      if (digit < 0) {
        break;
      }
      value = value * radix + digit;
    }
    return value;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
