package io.quittance.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Takes deliveries on loopback over keep-alive connections, and notes for each how long ago its
 * event was committed. What comes to {@code /hang} is never answered.
 */
final class WebhookReceiver implements AutoCloseable {

  private static final byte[] NO_CONTENT = Http.ascii("HTTP/1.1 204 No Content\r\n\r\n");
  private static final String LENGTH = "content-length:";
  private static final String TIMESTAMP = "\"timestamp\":\"";
  private static final int LATENCY_MAX_MS = 3_600_000;

  private final ServerSocket server;
  private final Recorder latencies = new Recorder(LATENCY_MAX_MS, 3);
  private final LongAdder received = new LongAdder();
  private final Set<String> deliveries = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);

  WebhookReceiver() throws IOException {
    server = new ServerSocket(0, 1024);
    Thread.startVirtualThread(this::accept);
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.getLocalPort() + path;
  }

  /** The same under another address of this machine, as if it were another host. */
  String url(String path, int host) {
    return "http://127.1.%d.%d:%d%s"
        .formatted(host / 250, 1 + host % 250, server.getLocalPort(), path);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        Thread.startVirtualThread(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var in = new BufferedInputStream(socket.getInputStream(), 8192);
      while (take(in)) {
        socket.getOutputStream().write(NO_CONTENT);
      }
    } catch (IOException | InterruptedException e) {
      // The service went away, or gave up.
    }
  }

  private boolean take(InputStream in) throws IOException, InterruptedException {
    String first = line(in);
    if (first.isEmpty()) {
      return false;
    }
    int length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
        length = Integer.parseInt(line.substring(LENGTH.length()).strip());
      }
    }
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    if (first.startsWith("POST /hang")) {
      closing.await();
      return false;
    }
    note(first, body);
    return true;
  }

  private void note(String first, String body) {
    int at = body.indexOf(TIMESTAMP) + TIMESTAMP.length();
    Instant committed = Instant.parse(body.substring(at, body.indexOf('"', at)));
    long late = System.currentTimeMillis() - committed.toEpochMilli();
    latencies.recordValue(Math.clamp(late, 0, LATENCY_MAX_MS));
    received.increment();
    deliveries.add(first.split(" ", 3)[1] + body.substring(7, 37));
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Milliseconds since the last time that somebody asked. */
  Histogram latencies() {
    return latencies.getIntervalHistogram();
  }

  /** All that came, repetitions included. */
  long received() {
    return received.sum();
  }

  /** Different events at different paths. */
  long distinct() {
    return deliveries.size();
  }

  @Override
  public void close() throws IOException {
    closing.countDown();
    server.close();
  }
}
