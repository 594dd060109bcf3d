package io.quittance.web.edge;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiFunction;
import org.apache.coyote.Adapter;
import org.apache.coyote.ErrorState;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 with a time limit for headers, and with an {@link EarlyRefusalAdapter}. Tomcat's
 * timeouts are for the time between two bytes, so a client that sends its headers byte by byte
 * could keep its connection for hours. Tomcat has one timeout for reading and writing; here writing
 * has its own.
 */
public final class HeaderTimeoutProtocol extends Http11NioProtocol {

  /**
   * The kernel's send buffer. The kernel reports progress when a third of it is free: with its
   * default of megabytes, a slow reader would look like one that reads nothing.
   */
  private static final int SEND_BUFFER_BYTES = 131_072;

  private volatile Duration headerLimit = Duration.ofSeconds(5);
  private volatile Duration stallLimit = Duration.ofSeconds(60);
  private volatile int keptRequestsMax = -1;
  private volatile BiFunction<Adapter, EarlyRefusalAdapter.Wire, Adapter> adapter =
      (container, wire) -> container;

  void headerLimit(Duration limit) {
    headerLimit = limit;
  }

  /** Closes connections whose client reads nothing for this long. */
  void stallLimit(Duration limit) {
    stallLimit = limit;
    setProperty("socket.txBufSize", Integer.toString(SEND_BUFFER_BYTES));
  }

  /**
   * Sets whether connections are kept for the next request. Otherwise each is closed after its next
   * response, which says so ({@code Connection: close}); idle connections stay open.
   */
  void keepConnections(boolean keep) {
    super.setMaxKeepAliveRequests(keep ? keptRequestsMax : 1);
  }

  /** Whether a client is connected. */
  boolean hasConnections() {
    return !getEndpoint().getConnections().isEmpty();
  }

  @Override
  public void setMaxKeepAliveRequests(int max) {
    keptRequestsMax = max;
    super.setMaxKeepAliveRequests(max);
  }

  /**
   * Puts an adapter between each connection and the container.
   *
   * @param adapter makes the adapter from the container and the connection, at the first request
   */
  void adapter(BiFunction<Adapter, EarlyRefusalAdapter.Wire, Adapter> adapter) {
    this.adapter = adapter;
  }

  @Override
  protected Processor createProcessor() {
    var wire = new ProcessorsWire();
    var processor = new HeaderTimeoutProcessor(this, adapter.apply(getAdapter(), wire));
    wire.processor = processor;
    return processor;
  }

  /** The current connection of a processor, which is reused. */
  private final class ProcessorsWire implements EarlyRefusalAdapter.Wire {

    private @Nullable HeaderTimeoutProcessor processor;

    @Override
    public boolean ends() {
      return getMaxKeepAliveRequests() == 1;
    }

    @Override
    public void answer(byte[] bytes) {
      Objects.requireNonNull(processor).answer(bytes);
    }
  }

  private final class HeaderTimeoutProcessor extends Http11Processor {

    /** The connection whose request's headers are incomplete, and since when. */
    private @Nullable SocketWrapperBase<?> slow;

    private long begunNanos;

    /** Distinguishes the requests of a connection. */
    private long requestStart;

    HeaderTimeoutProcessor(AbstractHttp11Protocol<?> protocol, Adapter adapter) {
      super(protocol, adapter);
    }

    private void answer(byte[] bytes) {
      response.setCommitted(true);
      setSwallowResponse();
      SocketWrapperBase<?> connection = getSocketWrapper();
      try {
        connection.write(true, bytes, 0, bytes.length);
        connection.flush(true);
      } catch (IOException e) {
        // The client has disconnected: there is nothing to answer or report.
        setErrorState(ErrorState.CLOSE_CONNECTION_NOW, e);
      }
    }

    @Override
    public SocketState service(SocketWrapperBase<?> socket) throws IOException {
      socket.setWriteTimeout(stallLimit.toMillis());
      if (socket == slow && System.nanoTime() - begunNanos > headerLimit.toNanos()) {
        slow = null;
        return SocketState.CLOSED;
      }
      SocketState state = super.service(socket);
      if (state != SocketState.LONG) {
        slow = null;
      } else if (socket != slow || request.getStartTimeNanos() != requestStart) {
        // Processors are reused, so the connection is compared, too.
        slow = socket;
        requestStart = request.getStartTimeNanos();
        begunNanos = System.nanoTime();
      }
      return state;
    }
  }
}
