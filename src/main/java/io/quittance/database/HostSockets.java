package io.quittance.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Map;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Gives each host of a database's URL two seconds of its own to take a connection, whatever {@code
 * connectTimeout} says. PostgreSQL's driver applies that to all hosts together: a host that drops
 * packets leaves one millisecond for the next. The driver creates it by its class name.
 * Thread-safe.
 */
public final class HostSockets extends SocketFactory {

  /**
   * Properties of every connection to PostgreSQL. They do not set {@code loginTimeout}, which is
   * for all hosts together, too: {@code socketTimeout} limits the login at each host.
   */
  public static final Map<String, String> SETTINGS =
      Map.of("tcpKeepAlive", "true", "socketFactory", HostSockets.class.getName());

  private static final int HOST_LIMIT_MS = 2_000;

  @Override
  public Socket createSocket() {
    return new HostSocket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected(
        new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected(
        new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
  }

  private static Socket connected(SocketAddress host, @Nullable SocketAddress local)
      throws IOException {
    var socket = new HostSocket();
    try {
      socket.bind(local);
      socket.connect(host);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static final class HostSocket extends Socket {

    /** Ignores how much of the driver's time other hosts have left. */
    @Override
    public void connect(@Nullable SocketAddress host, int limitMs) throws IOException {
      super.connect(host, HOST_LIMIT_MS);
    }
  }
}
