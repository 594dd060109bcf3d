package io.quittance.web;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;

/** A request of unannounced length whose body may not pass the limit. */
final class LimitedBodyRequest extends HttpServletRequestWrapper {

  private final int limitBytes;

  LimitedBodyRequest(HttpServletRequest request, int limitBytes) {
    super(request);
    this.limitBytes = limitBytes;
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    return new LimitedStream(super.getInputStream(), limitBytes);
  }

  private static final class LimitedStream extends ServletInputStream {

    private final ServletInputStream source;
    private int left;

    LimitedStream(ServletInputStream source, int limitBytes) {
      this.source = source;
      this.left = limitBytes;
    }

    @Override
    public int read() throws IOException {
      int read = source.read();
      count(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = source.read(buffer, offset, length);
      count(Math.max(0, read));
      return read;
    }

    private void count(int bytes) {
      left -= bytes;
      if (left < 0) {
        throw Problem.of(ProblemCode.REQUEST_TOO_LARGE);
      }
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
