package io.quittance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.web.TypeId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@code POST /v1/analytics/events}: what is accepted is counted, exactly. */
abstract class EventIntakeContract extends Contract {

  private static final String PATH = "/v1/analytics/events";
  private static final String LINES = "application/x-ndjson";
  private static final String CLOUD_EVENTS = "application/cloudevents-batch+json";

  @Autowired private JdbcClient jdbc;
  @Autowired private MeterRegistry meters;

  private static String event(String id) {
    return "{\"id\":\"%s\",\"type\":\"page.view\"}".formatted(id);
  }

  private static String events(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> event(prefix + i))
        .collect(Collectors.joining("\n"));
  }

  private Call sending(String body) {
    return merchant.call("POST", PATH).header("Content-Type", LINES).body(body);
  }

  private Answer send(String body) {
    return sending(body).send();
  }

  private static void assertCounts(
      Answer answer, int accepted, int duplicates, int late, int rejected) {
    answer.is(200);
    assertThat(
            List.of(
                answer.number("/accepted"),
                answer.number("/duplicates"),
                answer.number("/late"),
                answer.number("/rejected")))
        .as("%s", answer)
        .containsExactly((long) accepted, (long) duplicates, (long) late, (long) rejected);
    assertThat(answer.number("/received")).isEqualTo(accepted + duplicates + late + rejected);
  }

  /** What panes of an hour say of a metric, when nothing waits to be counted any more. */
  private long counted(String metric, String labels) {
    integrity();
    return jdbc.sql(
            """
            select coalesce(sum(occurrences), 0) from analytics_panes
             where merchant_id = ? and metric = ? and step = 3600 and labels like ?
            """)
        .params(merchantId(), metric, labels)
        .query(Long.class)
        .single();
  }

  private UUID merchantId() {
    return TypeId.require("mch", merchant.merchantId());
  }

  /** When nothing waits to be counted any more; that is at once, unless Kafka has it. */
  private Answer integrity() {
    return Awaitility.await()
        .pollDelay(Duration.ZERO)
        .until(
            () -> merchant.get("/v1/analytics/integrity").is(200),
            answer -> answer.number("/pending") == 0);
  }

  @ParameterizedTest
  @CsvSource({LINES + ", false", "application/json, true", CLOUD_EVENTS + ", true"})
  void countsEventsInEachForm(String type, boolean array) {
    String body =
        array ? "[" + event("a") + "," + event("b") + "]" : event("a") + "\n" + event("b");

    Answer answer = merchant.call("POST", PATH).header("Content-Type", type).body(body).send();

    assertCounts(answer, 2, 0, 0, 0);
    assertThat(counted("events", "type=page.view")).isEqualTo(2);
  }

  @Test
  void judgesEachEventByItself() {
    String late = Instant.now().minus(Duration.ofHours(25)).toString();
    Answer answer =
        send(
            String.join(
                "\n",
                event("a"),
                "{\"id\":\"b\"}",
                "",
                event("a"),
                "nonsense",
                "{\"id\":\"c\",\"type\":\"page.view\",\"time\":\"%s\"}".formatted(late),
                event("d")));

    assertCounts(answer, 2, 1, 1, 2);
    assertThat(answer.at("/errors")).hasSize(2);
    assertThat(answer.number("/errors/0/index")).isEqualTo(1);
    assertThat(answer.text("/errors/0/id")).isEqualTo("b");
    assertThat(answer.text("/errors/0/code")).isEqualTo("required");
    assertThat(answer.text("/errors/0/param")).isEqualTo("type");
    assertThat(answer.number("/errors/1/index")).isEqualTo(3);
    assertThat(answer.at("/errors/1/id").isNull()).isTrue();
    assertThat(answer.text("/errors/1/code")).isEqualTo("malformed_json");
    Answer integrity = integrity();
    assertThat(integrity.number("/received")).isEqualTo(6);
    assertThat(integrity.number("/accepted")).isEqualTo(2);
    assertThat(integrity.number("/duplicates")).isEqualTo(1);
    assertThat(integrity.number("/late")).isEqualTo(1);
    assertThat(integrity.number("/rejected")).isEqualTo(2);
    assertThat(integrity.number("/difference")).isZero();
  }

  @Test
  void countsByLabelAmountAndSession() {
    send(
        """
        {"id":"1","type":"paid","data":{"amount":100,"currency":"EUR","session":"s","labels":{"plan":"a&b"}}}
        {"id":"2","type":"paid","data":{"amount":200,"currency":"EUR","session":"s","labels":{"plan":"a&b"}}}
        {"id":"3","type":"paid","data":{"amount":300,"currency":"USD","session":"t"}}
        """);

    assertThat(counted("events", "currency=EUR&type=paid")).isEqualTo(2);
    assertThat(counted("events.label:plan", "currency=EUR&label:plan=a%26b&type=paid"))
        .isEqualTo(2);
    assertThat(
            jdbc.sql(
                    "select sum(amount) from analytics_panes where merchant_id = ? and metric = 'events' and step = 60")
                .param(merchantId())
                .query(Long.class)
                .single())
        .isEqualTo(600);
    assertThat(counted("events.sessions", "type=paid")).isZero();
  }

  @Test
  void countsAnIdOfTwoMerchantsTwice() {
    assertCounts(send(event("same")), 1, 0, 0, 0);
    merchant = newMerchant();
    assertCounts(send(event("same")), 1, 0, 0, 0);
  }

  @Test
  void takesGzip() throws IOException {
    assertCounts(gzipped(events("z", 500)).send(), 500, 0, 0, 0);
    sending(event("a"))
        .header("Content-Encoding", "br")
        .send()
        .isProblem(415, "unsupported_media_type");
    sending(event("a"))
        .header("Content-Encoding", "gzip, gzip")
        .send()
        .isProblem(415, "unsupported_media_type");
    sending(event("a")).header("Content-Encoding", "gzip").send().isProblem(400, "invalid_request");
  }

  private Call gzipped(String body) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(body.getBytes(StandardCharsets.UTF_8));
    }
    return merchant
        .call("POST", PATH)
        .bytes(packed.toByteArray())
        .header("Content-Type", LINES)
        .header("Content-Encoding", "gzip");
  }

  @Test
  void refusesWhatIsTooLarge() throws IOException {
    send(" ".repeat(5_000_001)).isProblem(413, "request_too_large");
    gzipped(" ".repeat(50_000_000)).send().isProblem(413, "request_too_large");
    send(events("x", 10_001)).isProblem(413, "request_too_large");

    assertThat(integrity().number("/received")).isZero();
  }

  @Test
  void refusesWhatCannotBeDividedIntoEvents() {
    Call json = merchant.call("POST", PATH);
    json.body("[" + event("a")).send().isProblem(400, "malformed_json");
    json.body(event("a")).send().isProblem(400, "malformed_json");
    merchant
        .call("POST", PATH)
        .header("Content-Type", "text/plain")
        .body(event("a"))
        .send()
        .isProblem(415, "unsupported_media_type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", ""})
  void takesNothingForNothing(String body) {
    assertCounts(merchant.call("POST", PATH).body(body).send(), 0, 0, 0, 0);
  }

  @Test
  void countsABodyOnceUnderItsKey() {
    Call call = sending(event("a") + "\n" + event("a") + "\n{}").key("body-1");

    Answer first = call.send();
    Answer again = call.send();

    assertCounts(first, 2, 0, 0, 1);
    assertThat(first.header("Idempotent-Replayed")).isEmpty();
    assertThat(again.header("Idempotent-Replayed")).contains("true");
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(integrity().number("/received")).isEqualTo(3);
    sending(event("a")).key("body-1").send().isProblem(422, "idempotency_key_reused");
    sending(event("b")).key("").send().isProblem(400, "invalid_idempotency_key");
  }

  /** As it is stored when Kafka was to have it, and the engine may be another one by now. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void repeatsTheAnswerToABodyThatIsNotCountedYetUnlessItWasRefused(boolean refused) {
    Call call = sending(event("a")).key("promised");
    Answer first = call.send();
    Awaitility.await().until(() -> bodies("counted") == 1);
    jdbc.sql(
            "update analytics_bodies set counted = false, refused = ?, answer = ? where merchant_id = ?")
        .params(refused, promise(first), merchantId())
        .update();

    Answer again = call.send();

    assertThat(again.header("Idempotent-Replayed").isPresent()).isNotEqualTo(refused);
    assertThat(again.number("/late")).isEqualTo(refused ? 0 : 1);
    assertThat(call.send().body()).isEqualTo(again.body());
  }

  /** Another answer than the body would get now. */
  private static String promise(Answer answer) {
    return answer
        .body()
        .toString()
        .replace("\"accepted\":1", "\"accepted\":0")
        .replace("\"late\":0", "\"late\":1");
  }

  private long bodies(String condition) {
    return jdbc.sql("select count(*) from analytics_bodies where merchant_id = ? and " + condition)
        .param(merchantId())
        .query(Long.class)
        .single();
  }

  @Test
  void countsABodyOnceHoweverOftenItIsSentAtOnce() {
    Call call = sending(events("k", 100)).key("burst");

    List<Answer> answers = Burst.of(12, _ -> call.send());

    assertThat(answers).allSatisfy(answer -> assertCounts(answer, 100, 0, 0, 0));
    assertThat(answers)
        .filteredOn(answer -> answer.header("Idempotent-Replayed").isEmpty())
        .hasSize(1);
    assertThat(counted("events", "type=page.view")).isEqualTo(100);
  }

  @Test
  void losesNothingAmongManyBodiesAtOnce() {
    Burst.of(24, i -> send(events("many-" + i + "-", 200)).is(200));

    assertThat(counted("events", "type=page.view")).isEqualTo(24 * 200);
    assertThat(integrity().number("/accepted")).isEqualTo(24 * 200);
  }

  @Test
  void boundsTypesAndValuesOfLabels() {
    String body =
        IntStream.range(0, 3_000)
            .mapToObj(
                i ->
                    "{\"id\":\"%d\",\"type\":\"t%d\",\"data\":{\"labels\":{\"user\":\"u%d\"}}}"
                        .formatted(i, i % 1_100, i))
            .collect(Collectors.joining("\n"));

    assertCounts(send(body), 3_000, 0, 0, 0);
    assertCounts(
        send(body.replace("{\"id\":\"", "{\"id\":\"x").replace("\":\"u", "\":\"w")),
        3_000,
        0,
        0,
        0);

    assertThat(names("type")).isEqualTo(1_000);
    assertThat(names("label:user")).isEqualTo(100);
    assertThat(counted("events", "type=%")).isEqualTo(6_000);
    assertThat(counted("events.label:user", "%")).isEqualTo(6_000);
  }

  private long names(String space) {
    return jdbc.sql("select count(*) from analytics_names where merchant_id = ? and space = ?")
        .params(merchantId(), space)
        .query(Long.class)
        .single();
  }

  @Test
  void countsEventsByTheirPayment() {
    String payment = merchant.pay(250, "alice", "shop").is(201).id();
    String unknown = "pay_00000000000000000000000000";
    String event = "{\"id\":\"%s\",\"type\":\"paid\",\"data\":{\"payment_id\":\"%s\"}}";

    assertCounts(
        send(event.formatted("1", payment) + "\n" + event.formatted("2", unknown)), 2, 0, 0, 0);

    Awaitility.await()
        .untilAsserted(
            () -> {
              assertThat(integrity().number("/enrichment/done")).isEqualTo(1);
              assertThat(integrity().number("/enrichment/failed")).isEqualTo(1);
              assertThat(integrity().number("/enrichment/pending")).isZero();
            });
    assertThat(counted("events", "currency=EUR&payee=shop&status=succeeded&type=paid"))
        .isEqualTo(1);
    assertThat(counted("events", "type=paid")).isEqualTo(1);
    assertCounts(send(event.formatted("3", payment)), 1, 0, 0, 0);
    Awaitility.await()
        .untilAsserted(() -> assertThat(integrity().number("/enrichment/done")).isEqualTo(2));
    assertThat(counted("events", "%type=paid")).isEqualTo(3);
  }

  /** An event's own currency comes first; an event whose payment does not exist has none. */
  @Test
  void countsLabelsInTheCurrencyOfThePayment() {
    String payment = merchant.pay(250, "alice", "shop").is(201).id();
    String event =
        """
        {"id":"%s","type":"paid","data":{"payment_id":"%s","labels":{"plan":"a","colour":"b"}%s}}
        """;
    send(event.formatted("1", payment, "")
            + event.formatted("2", payment, ",\"amount\":7,\"currency\":\"USD\"")
            + event.formatted("3", "pay_00000000000000000000000000", ""))
        .is(200);
    awaitLookedUp(2, 1);
    assertThat(eventsBy("label:plan,currency"))
        .isEqualTo(Map.of("EUR a", 1L, "USD a", 1L, "a", 1L));

    send(event.formatted("4", payment, "") + event.formatted("5", payment, "")).is(200);
    awaitLookedUp(4, 1);

    for (String label : List.of("plan", "colour")) {
      String value = label.equals("plan") ? "a" : "b";
      assertThat(eventsBy("label:" + label + ",currency,type"))
          .isEqualTo(
              Map.of(
                  "EUR " + value + " paid", 3L, "USD " + value + " paid", 1L, value + " paid", 1L));
      assertThat(eventsBy("label:" + label)).isEqualTo(Map.of(value, 5L));
    }
    assertThat(eventsBy("currency")).isEqualTo(Map.of("EUR", 3L, "USD", 1L, "", 1L));
  }

  private void awaitLookedUp(int done, int failed) {
    Awaitility.await()
        .untilAsserted(
            () -> {
              assertThat(integrity().number("/enrichment/done")).isEqualTo(done);
              assertThat(integrity().number("/enrichment/failed")).isEqualTo(failed);
            });
  }

  /** Of each group that is not empty, by the values of its labels. */
  private Map<String, Long> eventsBy(String groups) {
    Map<String, Long> counts = new TreeMap<>();
    Answer series =
        merchant.get("/v1/analytics/series?metric=events.count&step=1d&group_by=" + groups).is(200);
    for (JsonNode one : series.at("/series")) {
      for (JsonNode point : one.path("points")) {
        counts.merge(
            String.join(" ", Json.texts(one.path("labels"))), point.path(1).asLong(), Long::sum);
      }
    }
    return counts;
  }

  @Test
  void needsItsScopes() {
    Client writer = limitedTo(merchant, "analytics:write");
    Client reader = limitedTo(merchant, "analytics:read");

    writer.get("/v1/analytics/integrity").isProblem(403, "insufficient_scope");
    reader
        .call("POST", PATH)
        .header("Content-Type", LINES)
        .body(event("a"))
        .send()
        .isProblem(403, "insufficient_scope");
    reader.get("/v1/analytics/integrity").is(200);
    writer.call("POST", PATH).header("Content-Type", LINES).body(event("a")).send().is(200);
  }

  @Test
  void countsVerdictsForPrometheus() {
    double before = accepted();

    send(event("p") + "\n" + event("p"));

    assertThat(integrity().number("/accepted")).isEqualTo(1);
    assertThat(accepted()).isGreaterThan(before);
    assertThat(
            meters.get("quittance.analytics.events").tag("verdict", "duplicate").counter().count())
        .isPositive();
  }

  private double accepted() {
    return meters.get("quittance.analytics.events").tag("verdict", "accepted").counter().count();
  }
}
