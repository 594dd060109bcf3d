package io.quittance.recovery;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * The way to the database: it lets bytes through, keeps them, or cuts what is connected.
 * Thread-safe.
 */
final class DatabaseProxy implements AutoCloseable {

  enum Weather {
    FAIR,
    /** Connections stay open and nothing arrives. */
    HANGING,
    /** What is connected is cut, and so is whatever connects. */
    CUTTING
  }

  private static final int BUFFER_BYTES = 16 * 1024;
  private static final long HANGS_NANOS = 5_000_000;

  private final ServerSocket server;
  private final int databasePort;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile Weather weather = Weather.FAIR;

  DatabaseProxy(int databasePort) throws IOException {
    this.databasePort = databasePort;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.submit(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  void turn(Weather next) {
    weather = next;
    if (next == Weather.CUTTING) {
      sockets.forEach(DatabaseProxy::close);
    }
  }

  private Void accept() throws IOException {
    while (!server.isClosed()) {
      Socket client = server.accept();
      threads.submit(() -> serve(client));
    }
    return null;
  }

  private Void serve(Socket client) throws IOException {
    if (weather == Weather.CUTTING) {
      close(client);
      return null;
    }
    try (client;
        var database = new Socket(InetAddress.getLoopbackAddress(), databasePort)) {
      sockets.add(client);
      sockets.add(database);
      var back = threads.submit(() -> pump(database, client));
      pump(client, database);
      back.get();
    } catch (Exception e) {
      // Either side has gone, and with it the other.
    } finally {
      sockets.remove(client);
    }
    return null;
  }

  private Void pump(Socket from, Socket to) throws IOException {
    var buffer = new byte[BUFFER_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        while (weather == Weather.HANGING) {
          LockSupport.parkNanos(HANGS_NANOS);
        }
        out.write(buffer, 0, read);
        out.flush();
      }
    } finally {
      sockets.remove(from);
    }
    return null;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It was about to go anyway.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    sockets.forEach(DatabaseProxy::close);
    threads.shutdownNow();
  }
}
