package io.quittance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.ConnectionsPage;
import io.quittance.testing.Dashboards;
import io.quittance.testing.KafkaBroker;
import io.quittance.testing.KafkaReader;
import io.quittance.testing.KafkaReader.Read;
import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import io.quittance.testing.Postgres;
import io.quittance.testing.PrometheusServer;
import io.quittance.testing.Proves;
import io.quittance.testing.ServiceProcess;
import io.quittance.web.TypeId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Two replicas and a broker: every event arrives, in order, and every event of analytics counts
 * once, whatever is killed or frozen.
 */
@Tag("side-by-side")
class KafkaIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String WAITING = "select count(*) from kafka_outbox";
  private static final String PREFIX = "kafka-it";

  private static KafkaBroker broker;
  private static Postgres.Database database;
  private static LedgerAudit audit;
  private static ServiceProcess one;
  private static ServiceProcess other;
  private static Merchant merchant;
  private static KafkaReader reader;

  @BeforeAll
  static void start() throws Exception {
    broker = KafkaBroker.running();
    broker.create(PREFIX + ".events", 3, Map.of());
    broker.create(PREFIX + ".interactions", 4, Map.of());
    database = Postgres.create();
    audit = new LedgerAudit(database);
    CompletableFuture<ServiceProcess> second = CompletableFuture.supplyAsync(KafkaIT::replica);
    one = replica();
    other = second.join();
    merchant = Merchant.register(one);
    merchant.openAccounts(one.uri(), 1, 100_000);
    reader = new KafkaReader(broker, PREFIX + ".events");
  }

  private static ServiceProcess replica() {
    return ServiceProcess.start(
        database,
        "--quittance.kafka.bootstrap-servers=" + broker.address(),
        "--quittance.kafka.topic-prefix=" + PREFIX,
        "--quittance.kafka.lease=2s",
        "--quittance.kafka.properties.session.timeout.ms=6000",
        "--quittance.analytics.engine=kafka",
        "--management.endpoint.health.show-components=always",
        "--management.endpoint.health.show-details=always");
  }

  @AfterAll
  static void stop() {
    reader.close();
    one.close();
    other.close();
    audit.passes();
  }

  /** Pays, and gives the money back in two parts: three events each. */
  private static void pay(URI service, int count) throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      Merchant.Answer paid =
          merchant.post(
              service,
              "/v1/payments",
              UUID.randomUUID().toString(),
              Merchant.payment(10, "a0", "shop"));
      assertThat(paid.status()).as(paid.raw().body()).isEqualTo(201);
      String refunds = "/v1/payments/" + paid.body().path("id").asText() + "/refunds";
      for (int part = 0; part < 2; part++) {
        assertThat(
                merchant
                    .post(service, refunds, UUID.randomUUID().toString(), "{\"amount\":5}")
                    .status())
            .isEqualTo(201);
      }
    }
  }

  /** Reads until it has every event that is stored. */
  private static List<Read> readAll() {
    Set<String> stored = stored();
    List<Read> events = reader.readEvents(stored.size());
    assertThat(events.stream().map(Read::id).collect(Collectors.toSet())).isEqualTo(stored);
    reader.sawEverythingInOrder();
    return events;
  }

  private static Set<String> stored() {
    return JdbcClient.create(database.dataSource())
        .sql("select id from events")
        .query(UUID.class)
        .stream()
        .map(id -> TypeId.format("evt", id))
        .collect(Collectors.toSet());
  }

  @Test
  void everyEventArrivesAsWebhooksCarryItOthersThanPaymentsToo() throws Exception {
    pay(one.uri(), 5);
    pay(other.uri(), 5);
    String item =
        "{\"amount\":1,\"currency\":\"EUR\",\"payer\":\"a0\",\"payee\":\"shop\",\"reference\":\"one\"}";
    Merchant.Answer batch =
        merchant.post(
            one.uri(),
            "/v1/payment-batches",
            UUID.randomUUID().toString(),
            "{\"payments\":[%s]}".formatted(item));

    String endpoint =
        merchant
            .post(
                one.uri(),
                "/v1/webhook-endpoints",
                null,
                "{\"url\":\"https://example.com/\",\"events\":[\"*\"]}")
            .body()
            .path("id")
            .asText();
    Merchant.Answer test =
        merchant.post(one.uri(), "/v1/webhook-endpoints/" + endpoint + "/test", null, "");

    List<Read> events = readAll();

    assertThat(events)
        .filteredOn(event -> event.id().equals(test.body().path("event_id").asText()))
        .extracting(Read::key)
        .containsExactly(test.body().path("event_id").asText());
    assertThat(events)
        .filteredOn(event -> event.key().equals(batch.body().path("id").asText()))
        .extracting(event -> event.headers().get("ce_type"))
        .containsExactly("payment_batch.ended");
    for (Read event : List.of(events.getFirst(), events.getLast())) {
      assertThat(event.event())
          .isEqualTo(merchant.get(other.uri(), "/v1/events/" + event.id()).body());
    }
    assertThat(one.metric("quittance_kafka_shards") + other.metric("quittance_kafka_shards"))
        .isEqualTo(Shards.COUNT);
  }

  @Test
  @Tag("long")
  void aFrozenReplicaSendsNothingOutOfOrderWhenItComesBack() throws Exception {
    ServiceProcess owner = owner();
    ServiceProcess rest = owner == one ? other : one;
    pay(owner.uri(), 5);
    long before = counted(rest);
    see(owner.uri(), 5);
    owner.freeze();

    pay(rest.uri(), 5);
    see(rest.uri(), 5);
    readAll();
    pay(rest.uri(), 5);
    awaitCounted(rest, before + 10);
    owner.thaw();
    pay(owner.uri(), 5);
    see(owner.uri(), 5);

    awaitCounted(rest, before + 15);
    readAll();
    Awaitility.await().atMost(PATIENCE).until(() -> audit.number(WAITING) == 0);
  }

  /** Sends bodies of an event each. */
  private static void see(URI service, int count) throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      String body = "[{\"id\":\"%s\",\"type\":\"seen\"}]".formatted(UUID.randomUUID());
      Merchant.Answer answer = merchant.post(service, "/v1/analytics/events", body, Map.of());
      assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    }
  }

  private static long counted(ServiceProcess service) throws IOException, InterruptedException {
    return merchant.get(service.uri(), "/v1/analytics/integrity").body().path("accepted").asLong();
  }

  private static void awaitCounted(ServiceProcess service, long events) {
    Awaitility.await().atMost(PATIENCE).until(() -> counted(service) >= events);
    assertThat(audit.number("select sum(accepted) from analytics_totals")).isEqualTo(events);
    assertThat(
            audit.number(
                "select cast(sum(occurrences) as bigint) from analytics_panes where metric = 'events' and step = 60"))
        .isEqualTo(events);
  }

  /** The replica that relays the merchant's shard. */
  private static ServiceProcess owner() throws IOException, InterruptedException {
    long before = one.metric("quittance_kafka_events_total");
    pay(one.uri(), 1);
    readAll();
    Awaitility.await().atMost(PATIENCE).until(() -> audit.number(WAITING) == 0);
    return one.metric("quittance_kafka_events_total") > before ? one : other;
  }

  @Test
  @Proves("the broker of Kafka is away or")
  void paymentsDoNotNoticeThatTheBrokerIsAway() throws Exception {
    broker.kill();
    try {
      pay(one.uri(), 5);
      pay(other.uri(), 5);

      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> health(one).contains("\"reason\"") || health(other).contains("\"reason\""));
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> one.metric("quittance_kafka_backlog") == audit.number(WAITING));
      assertThat(audit.number(WAITING)).isGreaterThanOrEqualTo(30);
      assertThat(one.ready()).isTrue();
      assertThat(other.ready()).isTrue();
    } finally {
      broker.start();
    }
    readAll();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> !health(one).contains("\"reason\"") && !health(other).contains("\"reason\""));
    assertThat(audit.number(WAITING)).isZero();
  }

  private static String health(ServiceProcess service) throws IOException, InterruptedException {
    return get(service, "/actuator/health");
  }

  private static String get(ServiceProcess service, String path)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(service.management().resolve(path)).build();
    try (var http = HttpClient.newHttpClient()) {
      return http.send(request, BodyHandlers.ofString()).body();
    }
  }

  @Test
  void itsMetricsAreOnTheirPage() throws Exception {
    assertThat(
            names(
                "(?m)^\\| `(quittance_kafka_[a-z_]+)` \\|",
                Files.readString(Path.of("docs/metrics.md"))))
        .isNotEmpty()
        .isEqualTo(
            names("(?m)^# TYPE (quittance_kafka_[a-z_]+)", get(one, "/actuator/prometheus"))
                .stream()
                .filter(name -> !name.endsWith("_max"))
                .collect(Collectors.toSet()));
  }

  @Test
  void itsPoolsAreAsLargeAsTheirPageSays() throws Exception {
    assertThat(merchant.get(one.uri(), "/v1/ledger/trial-balance").status()).isEqualTo(200);

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(one.connections()).isEqualTo(new ConnectionsPage().pools(true)));
  }

  @Test
  void itsDashboardShowsDataAndTheRulesAreEvaluated(@TempDir Path folder) throws Exception {
    try (var prometheus = PrometheusServer.scraping(one.management(), folder)) {
      Awaitility.await().atMost(PATIENCE).until(prometheus::ready);
      List<Dashboards.Query> queries =
          Dashboards.queries().filter(Dashboards.Query::needsKafka).toList();
      assertThat(queries).isNotEmpty();

      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                for (Dashboards.Query query : queries) {
                  assertThat(prometheus.hasDataFor(query.expression()))
                      .as(query.toString())
                      .isTrue();
                }
              });

      assertThat(prometheus.query("/api/v1/rules").findValuesAsText("health"))
          .isNotEmpty()
          .containsOnly("ok");
    }
  }

  private static Set<String> names(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
