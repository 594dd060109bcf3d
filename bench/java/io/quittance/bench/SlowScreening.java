package io.quittance.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;

/** A remote screening service that approves everything, or does not answer at all. */
final class SlowScreening implements AutoCloseable {

  private static final byte[] APPROVE =
      "{\"decision\":\"approve\",\"score\":0,\"reasons\":[]}".getBytes(StandardCharsets.UTF_8);

  /** Longer than anybody waits; without an end, connections would use up the descriptors. */
  private static final Duration HANGS_FOR = Duration.ofSeconds(10);

  private final HttpServer server;
  private volatile boolean hung;

  SlowScreening() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            long end = System.nanoTime() + HANGS_FOR.toNanos();
            while (hung) {
              if (System.nanoTime() > end) {
                return;
              }
              Thread.sleep(100);
            }
            exchange.sendResponseHeaders(200, APPROVE.length);
            exchange.getResponseBody().write(APPROVE);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  void hang(boolean on) {
    hung = on;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
