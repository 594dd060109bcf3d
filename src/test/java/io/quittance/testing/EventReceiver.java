package io.quittance.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Receives events over HTTP, and treats each attempt as its path's {@link Manner} says. */
public final class EventReceiver implements AutoCloseable {

  /** What is done with an attempt. */
  public enum Manner {
    ACCEPT(204),
    ANSWER_500(500),
    ANSWER_302(302),
    ANSWER_410(410),
    /** 503, and not again for an hour. */
    ANSWER_503(503),
    HANG_UP(0),
    KEEP_WAITING(0);

    private final int status;

    Manner(int status) {
      this.status = status;
    }
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
  public record Attempt(
      String path, Map<String, List<String>> headers, String body, JsonNode event, Manner manner) {

    public String webhookId() {
      return header("webhook-id");
    }

    public String header(String name) {
      return headers.entrySet().stream()
          .filter(entry -> entry.getKey().equalsIgnoreCase(name))
          .map(entry -> entry.getValue().getFirst())
          .findFirst()
          .orElse("");
    }

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
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      Manner manner = note(exchange, path, body, manners);
      switch (manner) {
        case HANG_UP -> exchange.close();
        case KEEP_WAITING -> closing.await();
        default -> answer(exchange, manner);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, Manner manner) throws IOException {
    if (manner == Manner.ANSWER_503) {
      exchange.getResponseHeaders().set("Retry-After", "3600");
    }
    if (manner == Manner.ANSWER_302) {
      exchange.getResponseHeaders().set("Location", "/elsewhere");
    }
    exchange.sendResponseHeaders(manner.status, -1);
  }

  private synchronized Manner note(HttpExchange exchange, String path, String body, Manners manners)
      throws IOException {
    JsonNode event = JSON.readTree(body);
    String id = event.path("id").asText();
    int before =
        Math.toIntExact(
            attempts.stream().filter(a -> a.path().equals(path) && a.eventId().equals(id)).count());
    Manner manner = manners.of(before);
    attempts.add(new Attempt(path, Map.copyOf(exchange.getRequestHeaders()), body, event, manner));
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
