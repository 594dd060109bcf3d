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
 * HTTP/1.1 with a limit on the time that headers take, and with an {@link EarlyRefusalAdapter}:
 * Tomcat's timeouts are for the time between two bytes, so a client that sends its headers byte by
 * byte would keep its connection for hours. Tomcat has one timeout for reading and writing; here a
 * reader of answers has one of its own.
 */
public final class HeaderTimeoutProtocol extends Http11NioProtocol {

  /**
   * What the kernel keeps of an answer that is not read yet. It tells of room when a third of this
   * is free: with the megabytes that it would take by itself, a slow reader looks like none at all.
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

  /**
   * Ends the connection of a client that takes nothing of its answer for so long; whoever reads,
   * however slowly, gets it whole.
   */
  void stallLimit(Duration limit) {
    stallLimit = limit;
    setProperty("socket.txBufSize", Integer.toString(SEND_BUFFER_BYTES));
  }

  /**
   * Whether connections are kept for the next request. Otherwise each ends with its next answer,
   * which says so ({@code Connection: close}); one that is silent stays.
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
   * Puts something between each connection and the container.
   *
   * @param adapter makes it of the container and the connection, when the first request has come
   */
  void adapter(BiFunction<Adapter, EarlyRefusalAdapter.Wire, Adapter> adapter) {
    this.adapter = adapter;
  }

  @Override
  protected Processor createProcessor() {
    var wire = new ProcessorsWire();
    var processor = new PatientProcessor(this, adapter.apply(getAdapter(), wire));
    wire.processor = processor;
    return processor;
  }

  /** The connection that a processor has at the moment: processors are used again. */
  private final class ProcessorsWire implements EarlyRefusalAdapter.Wire {

    private @Nullable PatientProcessor processor;

    @Override
    public boolean ends() {
      return getMaxKeepAliveRequests() == 1;
    }

    @Override
    public void answer(byte[] bytes) {
      Objects.requireNonNull(processor).answer(bytes);
    }
  }

  private final class PatientProcessor extends Http11Processor {

    /** The connection whose request's headers are incomplete, and since when. */
    private @Nullable SocketWrapperBase<?> slow;

    private long begunNanos;

    /** Tells one request of a connection from the next. */
    private long requestStart;

    PatientProcessor(AbstractHttp11Protocol<?> protocol, Adapter adapter) {
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
        // The client is gone: there is nobody to answer, and nothing to report.
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
        // Processors are used again, so the connection is part of what is remembered.
        slow = socket;
        requestStart = request.getStartTimeNanos();
        begunNanos = System.nanoTime();
      }
      return state;
    }
  }
}
