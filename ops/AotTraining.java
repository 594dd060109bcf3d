import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Uses a sandbox as merchants do, so that its JVM learns what is called and how often: payments,
 * captures, refunds, cancellations, lists, reports, and webhooks to a receiver of its own. Ends with
 * an error if anything goes wrong, because a cache of failures would help nobody.
 *
 * <p>Run by ops/aot: {@code java ops/AotTraining.java URL SECONDS}.
 */
final class AotTraining {

  private static final Duration START_LIMIT = Duration.ofMinutes(5);
  private static final Duration DELIVERY_LIMIT = Duration.ofMinutes(1);
  private static final int CLIENTS = 8;
  private static final String KEY = "qt_sandbox_key";
  private static final Pattern ID = Pattern.compile("\"id\":\"(pay_[0-9a-z]+)\"");

  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong deliveries = new AtomicLong();
  private final String service;

  private AotTraining(String service) {
    this.service = service;
  }

  public static void main(String[] arguments) throws Exception {
    var training = new AotTraining(arguments[0]);
    training.awaitReady();
    training.run(Duration.ofSeconds(Long.parseLong(arguments[1])));
  }

  private void awaitReady() throws InterruptedException {
    Instant end = Instant.now().plus(START_LIMIT);
    while (!ready()) {
      if (Instant.now().isAfter(end)) {
        throw new IllegalStateException("the service is not ready after " + START_LIMIT);
      }
      Thread.sleep(Duration.ofMillis(200));
    }
  }

  private boolean ready() throws InterruptedException {
    try {
      var probe = HttpRequest.newBuilder(URI.create(service + "/actuator/health/readiness")).build();
      return http.send(probe, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private void run(Duration time) throws Exception {
    HttpServer receiver = receiver();
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      post(
          "/v1/webhook-endpoints",
          "{\"url\":\"http://127.0.0.1:%d/\",\"events\":[\"*\"]}"
              .formatted(receiver.getAddress().getPort()),
          201);
      Instant end = Instant.now().plus(time);
      var done =
          java.util.stream.IntStream.range(0, CLIENTS)
              .mapToObj(client -> clients.submit(() -> use(client, end)))
              .toList();
      for (var client : done) {
        client.get();
      }
      awaitDelivery();
    } finally {
      receiver.stop(0);
    }
    System.out.printf("Trained by %d requests and %d webhooks.%n", requests.get(), deliveries.get());
  }

  private HttpServer receiver() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
          deliveries.incrementAndGet();
        });
    server.start();
    return server;
  }

  private Void use(int client, Instant end) throws Exception {
    String shop = "training-" + client;
    put("/v1/accounts/" + shop, "{\"currency\":\"EUR\",\"kind\":\"standard\"}");
    for (int round = 0; Instant.now().isBefore(end); round++) {
      for (int i = 0; i < 10; i++) {
        pay("world", shop, 1_000, "automatic");
      }
      String paid = pay("world", shop, 500, "automatic");
      post("/v1/payments/" + paid + "/refunds", "{\"amount\":200,\"reason\":\"training\"}", 201);
      String held = pay(shop, "world", 300, "manual");
      post("/v1/payments/" + held + "/captures", "{\"amount\":100,\"final\":false}", 201);
      post("/v1/payments/" + held + "/cancel", "{}", 200);
      get("/v1/payments/" + held);
      get("/v1/payments/" + paid + "/timeline");
      get("/v1/payments?limit=20&payee=" + shop);
      get("/v1/accounts/" + shop);
      get("/v1/accounts/" + shop + "/entries?limit=20");
      if (round % 10 == client) {
        get("/v1/refunds?limit=10");
        get("/v1/events?limit=10");
        get("/v1/accounts");
        get("/v1/ledger/trial-balance");
        get("/actuator/prometheus");
      }
    }
    return null;
  }

  private String pay(String payer, String payee, int amount, String capture) throws Exception {
    String body =
        """
        {"amount":%d,"currency":"EUR","payer":"%s","payee":"%s","capture_method":"%s",
         "metadata":{"order":"training"}}
        """
            .formatted(amount, payer, payee, capture);
    var id = ID.matcher(post("/v1/payments", body, 201));
    if (!id.find()) {
      throw new IllegalStateException("a payment has no id");
    }
    return id.group(1);
  }

  private void awaitDelivery() throws InterruptedException {
    Instant end = Instant.now().plus(DELIVERY_LIMIT);
    while (deliveries.get() == 0) {
      if (Instant.now().isAfter(end)) {
        throw new IllegalStateException("no webhook was delivered");
      }
      Thread.sleep(Duration.ofMillis(100));
    }
  }

  private String post(String path, String body, int status) throws Exception {
    return send(
        request(path)
            .header("Idempotency-Key", UUID.randomUUID().toString())
            // A cold service may need its time.
            .header("Payment-Deadline-Ms", "30000")
            .POST(BodyPublishers.ofString(body))
            .build(),
        status);
  }

  private void put(String path, String body) throws Exception {
    send(request(path).PUT(BodyPublishers.ofString(body)).build(), 201);
  }

  private void get(String path) throws Exception {
    send(request(path).build(), 200);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(service + path))
        .header("Authorization", "Bearer " + KEY)
        .header("Content-Type", "application/json");
  }

  /** Tries again what was refused for the moment. */
  private String send(HttpRequest request, int status) throws Exception {
    for (int tries = 0; tries < 20; tries++) {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      requests.incrementAndGet();
      if (answer.statusCode() == status) {
        return answer.body();
      }
      if (answer.statusCode() < 500) {
        throw new IllegalStateException(
            request.method() + " " + request.uri() + ": " + answer.statusCode() + " " + answer.body());
      }
      Thread.sleep(Duration.ofMillis(200));
    }
    throw new IllegalStateException(request.method() + " " + request.uri() + " fails all the time");
  }
}
