package io.quittance.web;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.coyote.BadRequestException;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body may not pass a length, nor take longer than a time to arrive: one for all
 * bodies, and more for a long one as it comes in, at {@link #PACE_BYTES_PER_SECOND}.
 */
final class LimitedBodyRequest extends HttpServletRequestWrapper {

  static final int PACE_BYTES_PER_SECOND = 65_536;

  private static final long NANOS_PER_BYTE = TimeUnit.SECONDS.toNanos(1) / PACE_BYTES_PER_SECOND;

  private final int limitBytes;
  private final long endNanos;
  private final Duration limit;
  private @Nullable LimitedStream stream;

  LimitedBodyRequest(
      HttpServletRequest request, int limitBytes, Duration limit, long arrivedNanos) {
    super(request);
    this.limitBytes = limitBytes;
    this.limit = limit;
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

  static Problem tooLarge(int limitBytes) {
    return Problem.of(
        ProblemCode.REQUEST_TOO_LARGE,
        "The body of this request may have at most %d bytes.".formatted(limitBytes));
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
      long grantedNanos = (limitBytes - left) * NANOS_PER_BYTE;
      if (System.nanoTime() - endNanos > grantedNanos && !source.isFinished()) {
        throw tooSlow();
      }
      int read = readInTime(buffer, offset, length);
      left -= Math.max(0, read);
      if (left < 0) {
        throw tooLarge(limitBytes);
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
          ProblemCode.INVALID_REQUEST,
          "The body did not arrive in time: it has %d ms, and a second more for each %d bytes."
              .formatted(limit.toMillis(), PACE_BYTES_PER_SECOND));
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
