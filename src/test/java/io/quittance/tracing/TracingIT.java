package io.quittance.tracing;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.quittance.testing.SpanCollector.hex;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.opentelemetry.proto.trace.v1.Span;
import io.quittance.testing.EventReceiver;
import io.quittance.testing.EventReceiver.Manner;
import io.quittance.testing.Merchant;
import io.quittance.testing.Sandbox;
import io.quittance.testing.SpanCollector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a collector gets to see of a payment, and what others get to see of its trace. */
@Tag("side-by-side")
class TracingIT {

  private static final String CALLER = "00f067aa0ba902b7";

  private static final WireMockServer SCREENING =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());
  private static final EventReceiver RECEIVER = new EventReceiver();

  private static SpanCollector collector;
  private static Sandbox sandbox;
  private static Merchant merchant;

  @BeforeAll
  static void start() throws Exception {
    SCREENING.start();
    SCREENING.stubFor(
        post(urlEqualTo("/screen"))
            .willReturn(okJson("{\"decision\":\"approve\",\"score\":1,\"reasons\":[]}")));
    collector = new SpanCollector();
    sandbox =
        Sandbox.onH2(
            "--management.otlp.tracing.endpoint=" + collector.endpoint(),
            "--management.tracing.opentelemetry.export.schedule-delay=100ms",
            "--quittance.fraud.url=" + SCREENING.baseUrl() + "/screen");
    merchant = Merchant.register(sandbox.uri());
    merchant.openAccounts(sandbox.uri(), 1, 1_000);
    String url = RECEIVER.open("/hook", before -> Manner.ACCEPT);
    merchant.post(
        sandbox.uri(),
        "/v1/webhook-endpoints",
        null,
        "{\"url\":\"%s\",\"events\":[\"*\"]}".formatted(url));
  }

  @AfterAll
  static void stop() {
    sandbox.close();
    collector.close();
    RECEIVER.close();
    SCREENING.stop();
  }

  @Test
  void aPaymentIsOneTraceFromTheRequestToTheDelivery() throws Exception {
    String traceId = pay("01");

    Awaitility.await().until(() -> !named(collector.trace(traceId), "webhook attempt").isEmpty());
    Awaitility.await().until(() -> !named(collector.trace(traceId), "http post").isEmpty());
    List<Span> trace = collector.trace(traceId);
    Span request = only(trace, "http post /v1/payments");
    Span scope = only(trace, "scope payment");
    Span ledger = only(trace, "subtask ledger");
    Span screening = only(trace, "remote screening");

    assertThat(hex(request.getParentSpanId())).isEqualTo(CALLER);
    assertThat(scope.getParentSpanId()).isEqualTo(request.getSpanId());
    for (String subtask : List.of("subtask fraud", "subtask ledger", "subtask notification")) {
      assertThat(only(trace, subtask).getParentSpanId()).isEqualTo(scope.getSpanId());
    }
    assertThat(screening.getParentSpanId()).isEqualTo(only(trace, "subtask fraud").getSpanId());
    assertThat(SCREENING.findAll(postRequestedFor(urlEqualTo("/screen"))))
        .extracting(asked -> asked.getHeader("traceparent"))
        .contains(traceparent(screening));

    Span batch =
        collector.spans().stream()
            .filter(span -> span.getName().equals("journal batch"))
            .filter(span -> links(span).contains(traceparent(ledger)))
            .findFirst()
            .orElseThrow();
    assertThat(batch.getTraceId()).isNotEqualTo(ledger.getTraceId());
    assertThat(links(ledger)).contains(traceparent(batch));

    List<Span> attempts = named(trace, "webhook attempt");
    assertThat(RECEIVER.attempts())
        .extracting(attempt -> attempt.header("traceparent"))
        .containsAll(attempts.stream().map(TracingIT::traceparent).toList());
    assertThat(collector.spans())
        .extracting(Span::getName)
        .noneMatch(name -> name.startsWith("task "));
  }

  @Test
  void aTraceThatItsCallerDoesNotRecordIsHandedOnAndNotRecorded() throws Exception {
    String traceId = pay("00");

    assertThat(SCREENING.findAll(postRequestedFor(urlEqualTo("/screen"))))
        .extracting(asked -> asked.getHeader("traceparent"))
        .anySatisfy(header -> assertThat(header).matches("00-%s-\\w{16}-00".formatted(traceId)));
    String later = pay("01");
    Awaitility.await().until(() -> !named(collector.trace(later), "http post").isEmpty());
    assertThat(collector.trace(traceId)).isEmpty();
  }

  /** Not even the spans within it, which would be decided on one by one. */
  @Test
  void aRequestThatIsNotRecordedLeavesNoSpan() throws Exception {
    SCREENING.resetRequests();
    try (var seldom = new SpanCollector();
        Sandbox other =
            Sandbox.onH2(
                "--management.otlp.tracing.endpoint=" + seldom.endpoint(),
                "--management.tracing.opentelemetry.export.schedule-delay=10ms",
                "--management.tracing.sampling.probability=0.5",
                "--quittance.fraud.url=" + SCREENING.baseUrl() + "/screen")) {
      Merchant payer = Merchant.register(other.uri());
      payer.openAccounts(other.uri(), 1, 1_000);
      for (int i = 0; i < 50; i++) {
        assertThat(
                payer.post(other.uri(), "/v1/payments", "p" + i, Merchant.payment(1, "a0", "shop")))
            .extracting(Merchant.Answer::status)
            .isEqualTo(201);
      }
      List<String> sent =
          SCREENING.findAll(postRequestedFor(urlEqualTo("/screen"))).stream()
              .map(asked -> asked.getHeader("traceparent"))
              .toList();
      assertThat(sent).hasSize(50);
      long recorded = sent.stream().filter(header -> header.endsWith("-01")).count();

      assertThat(recorded).isBetween(1L, 49L);

      Awaitility.await()
          .during(Duration.ofMillis(200))
          .untilAsserted(
              () ->
                  assertThat(
                          Stream.of("http post /v1/payments", "scope payment", "remote screening")
                              .map(name -> named(seldom.spans(), name).size()))
                      .containsOnly((int) recorded));
      assertThat(sent).allMatch(header -> header.matches("00-\\w{32}-\\w{16}-0[01]"));
    }
  }

  @Test
  void theHistogramsNameATraceAsAnExample() throws Exception {
    String traceId = pay("01");
    Awaitility.await().until(() -> !named(collector.trace(traceId), "webhook attempt").isEmpty());

    String metrics = scraped();

    for (String histogram :
        List.of(
            "quittance_payment_answer",
            "quittance_payment_deadline_left",
            "http_server_requests",
            "quittance_deliveries_latency")) {
      assertThat(metrics)
          .containsPattern(histogram + "_seconds_bucket\\{.*} .* # \\{.*trace_id=\"\\w{32}\"");
    }
  }

  /** Prometheus before 2.43 drops a whole scrape in which another series has one. */
  @Test
  void onlyBucketsAndCountersHaveExamples() throws Exception {
    pay("01");

    assertThat(scraped().lines().filter(line -> line.contains(" # {")))
        .isNotEmpty()
        .allMatch(line -> line.matches("\\w+_(bucket|total)\\{.*"));
  }

  private static String scraped() throws Exception {
    var scrape =
        HttpRequest.newBuilder(sandbox.uri().resolve("/actuator/prometheus"))
            .header("Accept", "application/openmetrics-text")
            .build();
    return HttpClient.newHttpClient().send(scrape, BodyHandlers.ofString()).body();
  }

  /** Pays as a part of a trace; its id. */
  private static String pay(String flags) throws Exception {
    String traceId = UUID.randomUUID().toString().replace("-", "");
    Merchant.Answer answer =
        merchant.post(
            sandbox.uri(),
            "/v1/payments",
            Merchant.payment(1, "a0", "shop"),
            Map.of(
                "Idempotency-Key",
                traceId,
                "traceparent",
                "00-%s-%s-%s".formatted(traceId, CALLER, flags)));
    assertThat(answer.status()).isEqualTo(201);
    return traceId;
  }

  private static Span only(List<Span> trace, String name) {
    List<Span> found = trace.stream().filter(span -> span.getName().equals(name)).toList();
    assertThat(found).as("%s in %s", name, trace.stream().map(Span::getName).toList()).hasSize(1);
    return found.getFirst();
  }

  private static List<Span> named(List<Span> trace, String name) {
    return trace.stream().filter(span -> span.getName().startsWith(name)).toList();
  }

  private static String traceparent(Span span) {
    return "00-%s-%s-01".formatted(hex(span.getTraceId()), hex(span.getSpanId()));
  }

  private static List<String> links(Span span) {
    return span.getLinksList().stream()
        .map(link -> "00-%s-%s-01".formatted(hex(link.getTraceId()), hex(link.getSpanId())))
        .toList();
  }
}
