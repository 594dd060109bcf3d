package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.ConnectionsPage;
import io.quittance.testing.Dashboards;
import io.quittance.testing.Merchant;
import io.quittance.testing.Postgres;
import io.quittance.testing.PrometheusServer;
import io.quittance.testing.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Prometheus sees of a running service, and what dashboards and rules make of it. KafkaIT does
 * the same for what Kafka adds.
 */
@Tag("side-by-side")
class MonitoringIT {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static ServiceProcess service;
  private static Merchant merchant;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceProcess.start(Postgres.create());
    merchant = Merchant.register(service);
    merchant.openAccounts(service.uri(), 1, 10_000);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void answersThatAnybodyCanCauseMakeNoSeries() throws Exception {
    assertThat(new Merchant("qt_no_key").get(service.uri(), "/v1/payments").status())
        .isEqualTo(401);
    assertThat(merchant.get(service.uri(), "/v1/nothing").status()).isEqualTo(404);
    assertThat(merchant.put(service.uri(), "/v1/payments", "{}").status()).isEqualTo(405);

    String scraped = scraped();

    assertThat(scraped)
        .contains("http_server_requests_seconds_bucket{")
        .doesNotContainPattern("http_server_requests_seconds[^\\n]*status=\"(401|404|405)\"");
  }

  /** The objective of ops/prometheus/rules needs it. */
  @Test
  void theHistogramOfDeliveriesHasABucketOfAMinute() throws Exception {
    assertThat(scraped()).contains("quittance_deliveries_latency_seconds_bucket{le=\"60.0\"}");
  }

  /** ConnectionsTest reckons with it. */
  @Test
  void thePoolsAreAsLargeAsTheirPageSays() throws Exception {
    assertThat(merchant.get(service.uri(), "/v1/ledger/trial-balance").status()).isEqualTo(200);
    Map<String, Integer> pools = new HashMap<>(new ConnectionsPage().pools(false));
    pools.remove("kafka");

    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(service.connections()).isEqualTo(pools));
  }

  @Test
  void everyPanelShowsDataAndEveryRuleIsEvaluated(@TempDir Path folder) throws Exception {
    try (var prometheus = PrometheusServer.scraping(service.management(), folder)) {
      Awaitility.await().atMost(LIMIT).until(prometheus::ready);
      int[] paid = {0};
      List<Dashboards.Query> queries =
          Dashboards.queries().filter(query -> !query.needsKafka()).toList();
      assertThat(queries).isNotEmpty();

      Awaitility.await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                use(paid[0]++);
                for (Dashboards.Query query : queries) {
                  assertThat(prometheus.hasDataFor(query.expression()))
                      .as(query.toString())
                      .isTrue();
                }
              });

      assertThat(unhealthy(prometheus.query("/api/v1/rules"))).isEmpty();
      assertThat(firing(prometheus.query("/api/v1/alerts"))).isEmpty();
      assertThat(namesOfLibrariesInRules()).isNotEmpty().isSubsetOf(names(scraped()));
    }
  }

  /** Ours are on their page, which DashboardsTest reads. */
  private static Set<String> namesOfLibrariesInRules() throws IOException {
    String rules = "";
    for (String name : List.of("alerts", "slo")) {
      rules += Files.readString(Path.of("ops/prometheus/rules/%s.yml".formatted(name)));
    }
    return matches("\\b(?:hikaricp|http_server|resilience4j|tasks)_[a-z_]+\\b(?=[{\\[])", rules);
  }

  private static Set<String> names(String scraped) {
    return matches("(?m)^\\w+(?=[{ ])", scraped);
  }

  private static Set<String> matches(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toSet());
  }

  /** What the panels of refusals, refunds and replays need to show something. */
  private static void use(int i) throws Exception {
    URI uri = service.uri();
    String payment = Merchant.payment(10, "a0", "shop");
    var paid = merchant.post(uri, "/v1/payments", "pay-" + i, payment);
    assertThat(paid.status()).isEqualTo(201);
    merchant.post(uri, "/v1/payments", "pay-" + i, payment);
    String id = paid.body().path("id").asText();
    merchant.post(uri, "/v1/payments/" + id + "/refunds", "refund-" + i, "{\"amount\":1}");
    merchant.post(uri, "/v1/payments", "poor-" + i, Merchant.payment(1_000_000, "a0", "shop"));
  }

  private static List<String> unhealthy(JsonNode rules) {
    return Dashboards.elements(rules.at("/data/groups"))
        .flatMap(group -> Dashboards.elements(group.path("rules")))
        .filter(rule -> !rule.path("health").asText().equals("ok"))
        .map(JsonNode::toString)
        .toList();
  }

  private static List<String> firing(JsonNode alerts) {
    return Dashboards.elements(alerts.at("/data/alerts"))
        .filter(alert -> alert.path("state").asText().equals("firing"))
        .map(alert -> alert.at("/labels/alertname").asText())
        .collect(Collectors.toList());
  }

  private static String scraped() throws Exception {
    var request =
        HttpRequest.newBuilder(service.management().resolve("/actuator/prometheus")).build();
    return HTTP.send(request, BodyHandlers.ofString()).body();
  }
}
