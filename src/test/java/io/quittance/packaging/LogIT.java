package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.quittance.testing.Merchant;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.testing.ServiceProcess;
import io.quittance.testing.SpanCollector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an operator reads in the log of a service in production. */
@Tag("side-by-side")
class LogIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A start in production says what it needs to, and no more. */
  private static final int START_LINES_MAX = 10;

  /** Between two looks at the metrics, which take longer than a request. */
  private static final int REQUESTS_AT_ONCE = 100;

  /** With the lines of these requests the pipe is full, which takes 64 KB, and then the queue. */
  private static final int REQUESTS_MAX = 2_000;

  private static final int SIGTERM_EXIT = 143;
  private static final int CALLS_UNTIL_A_BREAKER_OPENS = 10;

  @Test
  void tellsOfEachBadEndOfEachBreakerAndOfTheStepsOfAShutdown() throws Exception {
    HttpServer screening = brokenScreening();
    try (var collector = new SpanCollector();
        var service =
            ServiceProcess.start(
                Postgres.create(),
                "--management.otlp.tracing.endpoint=" + collector.endpoint(),
                "--management.tracing.sampling.probability=1.0",
                "--quittance.fraud.url=http://127.0.0.1:" + screening.getAddress().getPort())) {
      // The last line of the start is written once the service is ready.
      Awaitility.await().until(() -> messages(service).contains("Quittance is ready"));
      assertThat(lines(service)).hasSizeLessThanOrEqualTo(START_LINES_MAX);
      assertThat(lines(service))
          .allSatisfy(line -> assertThat(line.at("/log/level").asText()).isEqualTo("INFO"));

      Merchant merchant = Merchant.register(service);
      merchant.openAccounts(service.uri(), 1, 1_000);
      JsonNode declined = pay(merchant, service, "poor", 1_001).body();
      JsonNode failed = pay(merchant, service, "unscreened", 1).body();
      for (int i = 0; i < CALLS_UNTIL_A_BREAKER_OPENS; i++) {
        pay(merchant, service, "more-" + i, 1);
      }
      service.terminate();
      service.exitCode(Duration.ofMinutes(1));

      assertThat(messages(service))
          .containsOnlyOnce(declined.path("payment_id").asText())
          .containsOnlyOnce(failed.path("payment_id").asText())
          .containsPattern(
              "Payment %s of mch_\\w+ is declined: insufficient_funds"
                  .formatted(declined.path("payment_id").asText()))
          .containsPattern(
              "Payment %s of mch_\\w+ has failed: dependency_unavailable \\(fraud\\)"
                  .formatted(failed.path("payment_id").asText()))
          .containsOnlyOnce("The circuit breaker of fraud has opened: ")
          .containsSubsequence(
              "The shutdown has begun: ",
              "Draining the journal: 0 commands are left",
              "The journal is drained");
      assertThat(Files.readString(service.log()))
          .doesNotContain("Jane", "jane", merchant.key(), "\\tat ", "Exception");
      assertThat(lines(service))
          .filteredOn(line -> line.path("message").asText().startsWith("Payment "))
          .allSatisfy(line -> assertThat(line.path("request_id").asText()).isNotEmpty())
          .allSatisfy(line -> assertThat(line.at("/trace/id").asText()).matches("[0-9a-f]{32}"))
          .allSatisfy(line -> assertThat(line.at("/span/id").asText()).matches("[0-9a-f]{16}"));
    } finally {
      screening.stop(0);
    }
  }

  /** As with a collector of logs that hangs. */
  @Test
  @Proves("nobody reads the service's")
  void keepsNoRequestWaitingWhenNobodyReadsIt() throws Exception {
    try (var service =
        ServiceProcess.startUnread(
            Postgres.create(),
            "--logging.level.root=debug",
            "--logging.level.org.springframework.web=trace")) {
      Merchant merchant = Merchant.register(service);
      merchant.openAccounts(service.uri(), 1, 1_000);

      int requests = 0;
      while (service.metric("quittance_log_lines_dropped_total") == 0) {
        assertThat(requests).isLessThan(REQUESTS_MAX);
        for (int i = 0; i < REQUESTS_AT_ONCE; i++, requests++) {
          assertThat(merchant.get(service.uri(), "/v1/payments").status()).isEqualTo(200);
        }
      }

      assertThat(pay(merchant, service, "unheard", 1).status()).isEqualTo(201);
      service.terminate();
      assertThat(service.exitCode(Duration.ofMinutes(1))).isEqualTo(SIGTERM_EXIT);
    }
  }

  private static Merchant.Answer pay(
      Merchant merchant, ServiceProcess service, String key, long amount) throws Exception {
    String payment =
        """
        {"amount":%d,"currency":"EUR","payer":"a0","payee":"shop","reference":"%s of Jane Doe",
         "description":"to jane@example.com"}"""
            .formatted(amount, key);
    // A service that has just started has not compiled anything yet.
    return merchant.post(
        service.uri(),
        "/v1/payments",
        payment,
        Map.of("Idempotency-Key", key, "Payment-Deadline-Ms", "30000"));
  }

  private static HttpServer brokenScreening() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(500, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static String messages(ServiceProcess service) throws IOException {
    return String.join(
        "\n", lines(service).stream().map(line -> line.path("message").asText()).toList());
  }

  private static List<JsonNode> lines(ServiceProcess service) throws IOException {
    return Files.readAllLines(service.log()).stream().map(LogIT::json).toList();
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + line, e);
    }
  }
}
