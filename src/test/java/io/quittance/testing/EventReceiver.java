package io.quittance.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Receives events over HTTP, and treats each attempt as its path's {@link Manner} says. */
public final class EventReceiver implements AutoCloseable {

  /** What is done with an attempt. */
  public enum Manner {
    ACCEPT,
    ANSWER_500,
    HANG_UP,
    KEEP_WAITING
  }

  /** Decides what is done with an attempt. */
  @FunctionalInterface
  public interface Manners {

    /**
     * The manner for one attempt.
     *
     * @param before earlier attempts at the same event on the same path
     */
    Manner of(int before);
  }

  /** An attempt that arrived. */
  public record Attempt(String path, String webhookId, JsonNode event, Manner manner) {

    public String eventId() {
      return event.path("id").asText();
    }

    public boolean accepted() {
      return manner == Manner.ACCEPT;
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Attempt> attempts = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  public EventReceiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.start();
  }

  /** Opens a path; its URL. */
  public String open(String path, Manners manners) {
    server.createContext(path, exchange -> handle(exchange, path, manners));
    return "http://localhost:" + server.getAddress().getPort() + path;
  }

  private void handle(HttpExchange exchange, String path, Manners manners) throws IOException {
    try (exchange) {
      JsonNode event = JSON.readTree(exchange.getRequestBody());
      switch (note(exchange, path, event, manners)) {
        case ACCEPT -> exchange.sendResponseHeaders(204, -1);
        case ANSWER_500 -> exchange.sendResponseHeaders(500, -1);
        case HANG_UP -> exchange.close();
        case KEEP_WAITING -> closing.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Manner note(
      HttpExchange exchange, String path, JsonNode event, Manners manners) {
    String id = event.path("id").asText();
    int before =
        Math.toIntExact(
            attempts.stream().filter(a -> a.path().equals(path) && a.eventId().equals(id)).count());
    Manner manner = manners.of(before);
    String webhookId = exchange.getRequestHeaders().getFirst("webhook-id");
    attempts.add(new Attempt(path, webhookId, event, manner));
    return manner;
  }

  /** All attempts so far, in their order. */
  public List<Attempt> attempts() {
    return List.copyOf(attempts);
  }

  /** Attempts at one path so far. */
  public List<Attempt> attempts(String path) {
    return attempts.stream().filter(attempt -> attempt.path().equals(path)).toList();
  }

  /** Lets go of those who are kept waiting, and stops. */
  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.close();
  }
}
