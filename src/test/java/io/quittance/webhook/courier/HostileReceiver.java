package io.quittance.webhook.courier;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;

/** A receiver at the level of sockets, which treats each connection as its manner says. */
final class HostileReceiver implements AutoCloseable {

  /** What is done with a connection; when it returns, the connection is closed. */
  @FunctionalInterface
  interface Manner {
    void meet(Visit visit) throws IOException, InterruptedException;
  }

  private static final Pattern CONTENT_LENGTH = Pattern.compile("(?im)^content-length: *([0-9]+)");

  /** One connection. */
  final class Visit {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private Visit(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    /** Reads a request to its end and keeps it; false at the end of the connection. */
    boolean takeRequest() throws IOException {
      var head = new ByteArrayOutputStream();
      while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        int b = in.read();
        if (b < 0) {
          return false;
        }
        head.write(b);
      }
      String text = head.toString(StandardCharsets.ISO_8859_1);
      Matcher length = CONTENT_LENGTH.matcher(text);
      byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
      requests.add(text + new String(body, StandardCharsets.UTF_8));
      return true;
    }

    void say(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    void say(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    void answer(String status, String headers, String body) throws IOException {
      say(
          "HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s"
              .formatted(status, headers, body.length(), body));
    }

    /** Waits until the other side has closed the connection. */
    void awaitHangUp() {
      try {
        while (in.read() >= 0) {
          // What comes before the end does not matter.
        }
      } catch (IOException reset) {
        // That is a way to hang up.
      }
      hangUps.countDown();
    }

    /** Repeats until the other side has closed the connection. */
    void repeatUntilHangUp(String text, int pauseMillis) throws InterruptedException {
      try {
        while (!closing.await(pauseMillis, TimeUnit.MILLISECONDS)) {
          say(text);
        }
      } catch (IOException e) {
        hangUps.countDown();
      }
    }

    /** Closes with a reset. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    Socket socket() {
      return socket;
    }
  }

  private final ServerSocket server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch hangUps = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);

  HostileReceiver(Manner manner) {
    this(ServerSocketFactory.getDefault(), "127.0.0.1", 0, manner);
  }

  HostileReceiver(ServerSocketFactory factory, String address, int port, Manner manner) {
    try {
      server = factory.createServerSocket(port, 100, InetAddress.ofLiteral(address));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(() -> acceptAll(manner));
  }

  /** Answers every request alike and keeps the connection. */
  static Manner always(String status, String headers, String body) {
    return visit -> {
      while (visit.takeRequest()) {
        visit.answer(status, headers, body);
      }
    };
  }

  private void acceptAll(Manner manner) {
    try {
      while (true) {
        Socket socket = server.accept();
        connections.incrementAndGet();
        sockets.add(socket);
        threads.execute(() -> meet(socket, manner));
      }
    } catch (IOException e) {
      // The receiver was closed.
    }
  }

  private void meet(Socket socket, Manner manner) {
    try (socket) {
      manner.meet(new Visit(socket));
    } catch (IOException e) {
      // The other side went away, which tests see in its answer.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  int port() {
    return server.getLocalPort();
  }

  List<String> requests() {
    return List.copyOf(requests);
  }

  int connections() {
    return connections.get();
  }

  /** Whether the other side has closed a connection, or does so within the time. */
  boolean sawHangUp() throws InterruptedException {
    return hangUps.await(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    closing.countDown();
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.close();
  }
}
