package io.quittance.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quittance.ledger.change.Ledger;
import io.quittance.web.IdempotencyHeaders;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Simulated customers of the sandbox's merchant, who use the API like any client: some browse, some
 * pay, some have no money, some get refunds. Thread-safe.
 */
@Component
@Profile("sandbox")
class Shoppers {

  private static final List<String> CURRENCIES = List.of("EUR", "EUR", "EUR", "EUR", "EUR", "USD");
  private static final List<String> PAYEES =
      List.of(
          "groceries", "groceries", "groceries", "books", "books", "cinema", "bikes", "flowers");
  private static final List<String> TYPES =
      List.of(
          "page.viewed",
          "page.viewed",
          "page.viewed",
          "product.viewed",
          "product.viewed",
          "search.done",
          "cart.changed",
          "checkout.started");
  private static final List<String> COUNTRIES = List.of("DE", "DE", "FR", "IT", "NL", "US");
  private static final List<String> DEVICES = List.of("phone", "phone", "desktop", "tablet");

  private static final int CUSTOMERS = 40;
  private static final int SESSIONS = 5_000;
  private static final int RECENT_MAX = 64;
  private static final int AMOUNT_MAX = 500_000;
  private static final double POOR = 0.05;
  private static final double REFUNDED = 0.04;
  private static final double MANUAL = 0.08;
  private static final double ABOUT_A_PAYMENT = 0.2;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Ledger ledger;
  private final ObjectMapper json;
  private final Environment environment;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
  private final ConcurrentLinkedDeque<String> recentPayments = new ConcurrentLinkedDeque<>();
  private volatile boolean open;

  Shoppers(Ledger ledger, ObjectMapper json, Environment environment) {
    this.ledger = ledger;
    this.json = json;
    this.environment = environment;
  }

  /** Opens the accounts of customers and payees, if they do not exist. */
  void openAccounts() {
    if (open) {
      return;
    }
    for (String currency : List.of("EUR", "USD")) {
      for (String payee : PAYEES.stream().distinct().toList()) {
        ledger.ensureAccount(DemoData.MERCHANT, account(payee, currency), currency, false);
      }
      for (int i = 0; i < CUSTOMERS; i++) {
        ledger.ensureAccount(DemoData.MERCHANT, account("customer-" + i, currency), currency, true);
      }
      ledger.ensureAccount(DemoData.MERCHANT, account("customer-poor", currency), currency, false);
    }
    open = true;
  }

  private static String account(String name, String currency) {
    return currency.equals("EUR") ? name : name + "." + currency.toLowerCase(java.util.Locale.ROOT);
  }

  /** One payment, sometimes with a capture or a refund. */
  void pay() throws IOException, InterruptedException {
    RandomGenerator random = ThreadLocalRandom.current();
    String currency = one(CURRENCIES, random);
    boolean manual = random.nextDouble() < MANUAL;
    String payer =
        random.nextDouble() < POOR ? "customer-poor" : "customer-" + random.nextInt(CUSTOMERS);
    ObjectNode order =
        json.createObjectNode()
            .put("amount", amount(random))
            .put("currency", currency)
            .put("payer", account(payer, currency))
            .put("payee", account(one(PAYEES, random), currency))
            .put("capture_method", manual ? "manual" : "automatic");
    HttpResponse<String> answer = post("/v1/payments", "application/json", order.toString());
    if (answer.statusCode() == 201) {
      JsonNode payment = json.readTree(answer.body());
      goOn(payment.path("id").asText(), manual, random);
    }
  }

  private void goOn(String id, boolean manual, RandomGenerator random)
      throws IOException, InterruptedException {
    recentPayments.addFirst(id);
    if (recentPayments.size() > RECENT_MAX) {
      recentPayments.pollLast();
    }
    if (manual) {
      post("/v1/payments/" + id + "/captures", "application/json", "{}");
    }
    if (random.nextDouble() < REFUNDED) {
      post("/v1/payments/" + id + "/refunds", "application/json", "{}");
    }
  }

  /** A random amount; most are small. */
  private static int amount(RandomGenerator random) {
    return (int) Math.clamp(Math.exp(random.nextGaussian(7.5, 1)), 100, AMOUNT_MAX);
  }

  /** Sends this many interaction events in one body. */
  void browse(int events) throws IOException, InterruptedException {
    RandomGenerator random = ThreadLocalRandom.current();
    String name = UUID.randomUUID().toString();
    var body = new StringBuilder();
    for (int i = 0; i < events; i++) {
      ObjectNode event = json.createObjectNode();
      event.put("id", name + "-" + i).put("type", one(TYPES, random));
      addData(event.putObject("data"), random);
      body.append(event).append('\n');
    }
    post("/v1/analytics/events", "application/x-ndjson", body.toString());
  }

  private void addData(ObjectNode data, RandomGenerator random) {
    data.put("session", "session-" + random.nextInt(SESSIONS));
    String payment = recentPayments.peekFirst();
    if (payment != null && random.nextDouble() < ABOUT_A_PAYMENT) {
      data.put("payment_id", payment);
    }
    data.putObject("labels")
        .put("country", one(COUNTRIES, random))
        .put("device", one(DEVICES, random));
  }

  private static String one(List<String> of, RandomGenerator random) {
    return of.get(random.nextInt(of.size()));
  }

  private HttpResponse<String> post(String path, String type, String body)
      throws IOException, InterruptedException {
    String host = environment.getProperty("server.address", "127.0.0.1");
    var service = "http://%s:%s".formatted(host, environment.getProperty("local.server.port"));
    var request =
        HttpRequest.newBuilder(URI.create(service + path))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + DemoData.KEY)
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body));
    if (!type.endsWith("ndjson")) {
      request.header(IdempotencyHeaders.KEY, UUID.randomUUID().toString());
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }
}
