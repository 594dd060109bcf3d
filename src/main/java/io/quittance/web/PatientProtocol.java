package io.quittance.web;

import java.io.IOException;
import java.time.Duration;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 whose patience ends: Tomcat's timeouts are for the time between two bytes, so a client
 * that sends its headers byte by byte would keep its connection for hours.
 */
public final class PatientProtocol extends Http11NioProtocol {

  private volatile Duration headerLimit = Duration.ofSeconds(5);

  void headerLimit(Duration limit) {
    headerLimit = limit;
  }

  @Override
  protected Processor createProcessor() {
    return new PatientProcessor(this, getAdapter());
  }

  private final class PatientProcessor extends Http11Processor {

    /** The connection whose request's headers are incomplete, and since when. */
    private @Nullable SocketWrapperBase<?> slow;

    private long begunNanos;

    PatientProcessor(AbstractHttp11Protocol<?> protocol, Adapter adapter) {
      super(protocol, adapter);
    }

    @Override
    public SocketState service(SocketWrapperBase<?> socket) throws IOException {
      if (socket == slow && System.nanoTime() - begunNanos > headerLimit.toNanos()) {
        slow = null;
        return SocketState.CLOSED;
      }
      SocketState state = super.service(socket);
      if (state != SocketState.LONG) {
        slow = null;
      } else if (socket != slow) {
        // Processors are used again, so the connection is part of what is remembered.
        slow = socket;
        begunNanos = System.nanoTime();
      }
      return state;
    }
  }
}
