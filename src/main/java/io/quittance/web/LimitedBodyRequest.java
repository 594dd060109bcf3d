package io.quittance.web;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.coyote.BadRequestException;
import org.jspecify.annotations.Nullable;

/** A request whose body may not pass a length, nor take longer than a time to arrive. */
final class LimitedBodyRequest extends HttpServletRequestWrapper {

  private final int limitBytes;
  private final long endNanos;
  private final Duration limit;
  private @Nullable LimitedStream stream;

  LimitedBodyRequest(HttpServletRequest request, WebProperties properties, long arrivedNanos) {
    super(request);
    this.limitBytes = properties.maxBodyBytes();
    this.limit = properties.bodyLimit();
    this.endNanos = arrivedNanos + limit.toNanos();
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    if (stream == null) {
      stream = new LimitedStream(super.getInputStream());
    }
    return stream;
  }

  /**
   * Takes what the handler left of the body, within the same limits: the container would do so
   * without any.
   *
   * @return whether nothing is left
   */
  boolean drain() {
    try {
      ServletInputStream body = getInputStream();
      byte[] buffer = new byte[8192];
      int read = 0;
      while (read >= 0) {
        read = body.read(buffer, 0, buffer.length);
      }
      return true;
    } catch (IOException | Problem e) {
      return false;
    }
  }

  private final class LimitedStream extends ServletInputStream {

    private final ServletInputStream source;
    private int left = limitBytes;

    LimitedStream(ServletInputStream source) {
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (System.nanoTime() - endNanos > 0 && !source.isFinished()) {
        throw tooSlow();
      }
      int read = readInTime(buffer, offset, length);
      left -= Math.max(0, read);
      if (left < 0) {
        throw Problem.of(
            ProblemCode.REQUEST_TOO_LARGE, "A body may have " + limitBytes + " bytes.");
      }
      return read;
    }

    private int readInTime(byte[] buffer, int offset, int length) throws IOException {
      try {
        return source.read(buffer, offset, length);
      } catch (IOException e) {
        if (e instanceof SocketTimeoutException || e.getCause() instanceof SocketTimeoutException) {
          throw tooSlow();
        }
        if (e instanceof BadRequestException && !(e instanceof ClientAbortException)) {
          throw Problem.of(ProblemCode.INVALID_REQUEST, "The body's transfer encoding is broken.");
        }
        throw e;
      }
    }

    private Problem tooSlow() {
      return Problem.of(
          ProblemCode.INVALID_REQUEST, "A body must arrive within " + limit.toMillis() + " ms.");
    }

    @Override
    public boolean isFinished() {
      return source.isFinished();
    }

    @Override
    public boolean isReady() {
      return source.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      source.setReadListener(listener);
    }
  }
}
