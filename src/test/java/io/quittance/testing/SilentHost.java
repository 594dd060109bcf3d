package io.quittance.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A port that swallows packets, as a host does that is down: its backlog is full, and nobody
 * accepts until {@link #wakeUp}.
 */
public final class SilentHost implements AutoCloseable {

  private static final int CONNECT_MS_MAX = 200;

  private final ServerSocket server;
  private final List<Socket> backlog = new ArrayList<>();

  public SilentHost() {
    try {
      server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      fill();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void fill() throws IOException {
    while (true) {
      var socket = new Socket();
      try {
        socket.connect(address(), CONNECT_MS_MAX);
        backlog.add(socket);
      } catch (SocketTimeoutException e) {
        socket.close();
        return;
      }
    }
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
  }

  /** Takes what fills the backlog, so that a packet that is sent again is answered. */
  public void wakeUp() throws IOException {
    for (int i = 0; i < backlog.size(); i++) {
      server.accept().close();
    }
  }

  @Override
  public void close() {
    try {
      for (Socket socket : backlog) {
        socket.close();
      }
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
