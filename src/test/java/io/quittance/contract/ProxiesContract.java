package io.quittance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quittance.ledger.report.LedgerProperties;
import io.quittance.payment.PaymentProperties;
import io.quittance.payment.batch.run.BatchDeadlines;
import io.quittance.testing.NginxConfiguration;
import io.quittance.web.BodyLimit;
import io.quittance.web.DeadlineProperties;
import io.quittance.web.LimitedBodyRequest;
import io.quittance.web.WebProperties;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.convert.DurationStyle;

/** The proxies that are shipped cut nothing that the contract allows, at the default settings. */
abstract class ProxiesContract extends Contract {

  private static final Path ROUTE = Path.of("k8s/components/gateway/httproute.yaml");
  private static final Path BALANCER = Path.of("ops/balancer/nginx.conf");

  /** A stream says something at least so often. */
  private static final Duration COMMENTS_OF_STREAMS = Duration.ofSeconds(15);

  /** What a report waits for at the most before it begins: a place, and a connection. */
  private static final Duration REPORT_BEGINS = Duration.ofSeconds(31);

  @Autowired private List<BodyLimit> bodies;

  private final WebProperties web = defaults("quittance.web", WebProperties.class);
  private final Duration answer =
      Duration.ofMillis(defaults("quittance.deadline", DeadlineProperties.class).maxMs())
          .plus(defaults("quittance.payment", PaymentProperties.class).answerGrace());

  /**
   * A request that takes long.
   *
   * @param body the longest that its body may take to arrive
   * @param silence the longest that nothing comes of its answer after that
   */
  private record Request(String path, Duration body, Duration silence) {}

  private static <T> T defaults(String prefix, Class<T> type) {
    return new Binder().bindOrCreate(prefix, type);
  }

  private List<Request> requests() {
    List<Request> requests = new ArrayList<>();
    requests.add(new Request("/v1/payments", arrival(web.maxBodyBytes()), answer));
    // The gateway's route is of the API only.
    for (BodyLimit body : bodies) {
      if (body.path().startsWith("/v1/")) {
        requests.add(new Request(body.path(), arrival(body.bytes()), answer));
      }
    }
    Duration batch =
        BatchDeadlines.WAITED_FOR
            .longest()
            .plus(defaults("quittance.payment", PaymentProperties.class).answerGrace());
    requests.add(
        new Request("/v1/payment-batches", arrival(largest("/v1/payment-batches")), batch));
    requests.add(new Request("/v1/payment-batches/bat_1/resume", arrival(0), batch));
    reports().forEach(path -> requests.add(new Request(path, Duration.ZERO, report())));
    return requests;
  }

  private Duration arrival(int bytes) {
    return web.bodyLimit()
        .plus(Duration.ofSeconds(1 + bytes / LimitedBodyRequest.PACE_BYTES_PER_SECOND));
  }

  private int largest(String path) {
    return bodies.stream()
        .filter(body -> body.path().equals(path))
        .findFirst()
        .orElseThrow()
        .bytes();
  }

  private static List<String> reports() {
    return List.of(
        "/v1/ledger/export",
        "/v1/ledger/verify",
        "/v1/ledger/trial-balance",
        "/v1/ledger/trial-balance/accounts",
        "/v1/analytics/integrity");
  }

  private static Duration report() {
    return defaults("quittance.ledger", LedgerProperties.class).reportLimit().plus(REPORT_BEGINS);
  }

  @Test
  void theGatewayWaitsForTheEndOfEachRequest() throws IOException {
    JsonNode rules = new YAMLMapper().readTree(ROUTE.toFile()).at("/spec/rules");

    for (Request request : requests()) {
      JsonNode timeouts = rule(rules, request.path()).path("timeouts");
      for (String kind : List.of("request", "backendRequest")) {
        assertThat(DurationStyle.detectAndParse(timeouts.path(kind).asText()))
            .as("%s of %s", kind, request)
            .isGreaterThan(request.body().plus(request.silence()));
      }
    }
    JsonNode live = rule(rules, "/v1/analytics/live").path("timeouts");
    assertThat(live.path("request").asText()).as("no timeout").isEqualTo("0s");
    assertThat(live.path("backendRequest").asText()).isEqualTo("0s");
  }

  /** That of the longest path, as the Gateway API has it. */
  private static JsonNode rule(JsonNode rules, String path) {
    return StreamSupport.stream(rules.spliterator(), false)
        .filter(rule -> length(rule, path) > 0)
        .max(Comparator.comparingInt(rule -> length(rule, path)))
        .orElseThrow();
  }

  /** How much of the path a rule names; 0: it does not match. */
  private static int length(JsonNode rule, String path) {
    return StreamSupport.stream(rule.path("matches").spliterator(), false)
        .map(match -> match.path("path"))
        .filter(match -> covers(match, path))
        .mapToInt(match -> match.path("value").asText().length())
        .max()
        .orElse(0);
  }

  private static boolean covers(JsonNode match, String path) {
    String value = match.path("value").asText();
    return path.equals(value)
        || (match.path("type").asText().equals("PathPrefix") && path.startsWith(value + "/"));
  }

  @Test
  void theBalancerWaitsForTheAnswerOfEachRequest() throws IOException {
    var nginx = NginxConfiguration.read(BALANCER);

    for (Request request : requests()) {
      assertThat(DurationStyle.detectAndParse(nginx.of(request.path(), "proxy_read_timeout")))
          .as(request.toString())
          .isGreaterThan(request.silence());
      assertThat(nginx.of(request.path(), "proxy_request_buffering")).isEqualTo("off");
    }
    assertThat(DurationStyle.detectAndParse(nginx.of("/v1/analytics/live", "proxy_read_timeout")))
        .isGreaterThan(COMMENTS_OF_STREAMS);
  }

  /** A second try would take another place while the first one is still made. */
  @Test
  void theBalancerAsksForNoReportTwice() throws IOException {
    var nginx = NginxConfiguration.read(BALANCER);

    assertThat(reports())
        .allMatch(path -> nginx.of(path, "proxy_next_upstream").equals("off"))
        .allMatch(path -> nginx.of(path, "proxy_pass").equals("http://quittance"));
    assertThat(nginx.of("/v1/payments", "proxy_next_upstream")).isEqualTo("error timeout");
  }
}
