package io.quittance.web;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.coyote.BadRequestException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.WebUtils;

/**
 * A request with limits on the length of its body and on the time that it takes to arrive: a fixed
 * time, plus more for a long body at {@link #PACE_BYTES_PER_SECOND}. The body can be received
 * before it is read; errors are thrown when it is read.
 */
public final class LimitedBodyRequest extends HttpServletRequestWrapper {

  private static final int TAKEN_FIRST_BYTES = 512;

  /** The minimum of bytes above the limit that are read and discarded. */
  private static final int DRAINED_LEAST_BYTES = 1_000_000;

  public static final int PACE_BYTES_PER_SECOND = 65_536;

  private static final long NANOS_PER_BYTE = TimeUnit.SECONDS.toNanos(1) / PACE_BYTES_PER_SECOND;

  private final int limitBytes;
  private final boolean streamed;
  private final long endNanos;
  private final Duration limit;
  private @Nullable LimitedStream stream;

  public LimitedBodyRequest(
      HttpServletRequest request, BodyLimit body, Duration limit, long arrivedNanos) {
    super(request);
    this.limitBytes = body.bytes();
    this.streamed = body.streamed();
    this.limit = limit;
    this.endNanos = arrivedNanos + limit.toNanos();
  }

  /** The request with its limits; null: it has no body. */
  public static @Nullable LimitedBodyRequest of(HttpServletRequest request) {
    return WebUtils.getNativeRequest(request, LimitedBodyRequest.class);
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    return limited();
  }

  private LimitedStream limited() throws IOException {
    if (stream == null) {
      stream = new LimitedStream(super.getInputStream());
    }
    return stream;
  }

  /** Whether a refusal is sent before the last byte, because the body is long. */
  public boolean refusedEarly() {
    return streamed || getContentLengthLong() > limitBytes;
  }

  /** Whether its handler reads the body as it arrives. */
  public boolean streamed() {
    return streamed;
  }

  /** Whether the body was read to its end. */
  public boolean finished() throws IOException {
    return limited().isFinished();
  }

  /** Reads what has arrived of the body, without waiting; returns whether that is all. */
  public boolean arrived() throws IOException {
    return limited().takeAvailable(getContentLengthLong());
  }

  /** Waits until the whole body is in memory or a limit is exceeded. */
  public void receive() throws IOException {
    limited().takeAll();
  }

  /** Does not wait for the rest of the body. */
  public void abandon() throws IOException {
    limited().abandoned = true;
  }

  /** The most bytes that the body may have. */
  public long lengthMax() {
    long length = getContentLengthLong();
    return length < 0 ? limitBytes : Math.min(length, limitBytes);
  }

  /**
   * Reads and discards the rest of the body, up to the limit again (at least a megabyte) and within
   * the same time. The container would not, and a client whose connection is closed while it sends
   * never reads its response.
   *
   * @return whether the whole body was read
   */
  public boolean drain() {
    try {
      return limited().drain();
    } catch (IOException | Problem e) {
      return false;
    }
  }

  public static Problem tooLarge(int limitBytes) {
    return Problem.of(
        ProblemCode.REQUEST_TOO_LARGE,
        "The body of this request may have at most %d bytes.".formatted(limitBytes));
  }

  private final class LimitedStream extends ServletInputStream {

    private final ServletInputStream source;
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream(TAKEN_FIRST_BYTES);
    private @Nullable ByteArrayInputStream received;
    private @Nullable Exception failure;
    private boolean abandoned;
    private int left = limitBytes;

    /** How many bytes above the limit may be read and discarded. */
    private int drainable;

    LimitedStream(ServletInputStream source) {
      this.source = source;
    }

    private boolean takeAvailable(long length) {
      try {
        byte[] buffer = new byte[(int) Math.min(8192, Math.max(0, length))];
        while (taken.size() < length && source.available() > 0) {
          taken.write(buffer, 0, Math.max(0, readLimited(buffer, 0, buffer.length)));
        }
      } catch (IOException | Problem e) {
        failure = e;
        return true;
      }
      if (taken.size() != length) {
        return false;
      }
      received = new ByteArrayInputStream(taken.toByteArray());
      return true;
    }

    private void takeAll() {
      byte[] buffer = new byte[8192];
      try {
        for (int read = 0; read >= 0; read = readLimited(buffer, 0, buffer.length)) {
          taken.write(buffer, 0, read);
        }
        received = new ByteArrayInputStream(taken.toByteArray());
      } catch (IOException | Problem e) {
        failure = e;
      }
    }

    private boolean drain() throws IOException {
      if (abandoned) {
        return false;
      }
      drainable = Math.max(limitBytes, DRAINED_LEAST_BYTES);
      byte[] buffer = new byte[8192];
      int read = 0;
      while (read >= 0) {
        read = readLimited(buffer, 0, buffer.length);
      }
      return true;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      switch (failure) {
        case IOException e -> throw e;
        case Problem e -> throw e;
        case null, default -> {
          return received == null
              ? readLimited(buffer, offset, length)
              : received.read(buffer, offset, length);
        }
      }
    }

    private int readLimited(byte[] buffer, int offset, int length) throws IOException {
      long grantedNanos = (limitBytes - left) * NANOS_PER_BYTE;
      if (System.nanoTime() - endNanos > grantedNanos && !source.isFinished()) {
        throw tooSlow();
      }
      int read = readInTime(buffer, offset, length);
      left -= Math.max(0, read);
      if (left < -drainable) {
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
          throw Problem.of(
              ProblemCode.INVALID_REQUEST, "The body is not valid in its Transfer-Encoding.");
        }
        throw e;
      }
    }

    private Problem tooSlow() {
      return Problem.of(
          ProblemCode.INVALID_REQUEST,
          "The body did not arrive in time; allowed are %d ms, plus 1 s for each %d bytes."
              .formatted(limit.toMillis(), PACE_BYTES_PER_SECOND));
    }

    @Override
    public boolean isFinished() {
      return received == null ? source.isFinished() : received.available() == 0;
    }

    @Override
    public boolean isReady() {
      return received != null || source.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      source.setReadListener(listener);
    }
  }
}
