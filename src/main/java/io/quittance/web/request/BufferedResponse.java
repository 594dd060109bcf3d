package io.quittance.web.request;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import org.springframework.http.MediaType;

/**
 * A response that is sent when it is complete or the container's buffer is full, and not when
 * Spring flushes it, which it does after each body. So a small response has a {@code
 * Content-Length} and takes one system call instead of two, and its request has given back its
 * place in admission before the client gets it. A stream of events is sent when it is flushed.
 */
final class BufferedResponse extends HttpServletResponseWrapper {

  BufferedResponse(HttpServletResponse response) {
    super(response);
  }

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    return new Unflushed(super.getOutputStream());
  }

  @Override
  public void flushBuffer() throws IOException {
    String type = getContentType();
    if (type != null && type.startsWith(MediaType.TEXT_EVENT_STREAM_VALUE)) {
      super.flushBuffer();
    }
  }

  private static final class Unflushed extends ServletOutputStream {

    private final ServletOutputStream out;

    Unflushed(ServletOutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void flush() {
      // The container flushes at the end.
    }

    @Override
    public void close() throws IOException {
      out.close();
    }

    @Override
    public boolean isReady() {
      return out.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      out.setWriteListener(listener);
    }
  }
}
