package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.analytics.pane.Sketch;
import io.quittance.web.TypeId;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.datasketches.common.ArrayOfStringsSerDe;
import org.apache.datasketches.frequencies.FrequentItemsSketch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Figures about payments: as exact as the payments are, at once and after they were rolled up. */
abstract class FiguresContract extends Contract {

  @Autowired private JdbcClient jdbc;

  private Answer series(String query) {
    return merchant.get("/v1/analytics/series?" + query).is(200);
  }

  /** The sum of each series' points, by its labels. */
  private Map<String, Long> sums(String query) {
    Map<String, Long> sums = new TreeMap<>();
    for (JsonNode one : series(query).body().path("series")) {
      long sum = 0;
      for (JsonNode point : one.path("points")) {
        sum += point.path(1).asLong();
      }
      sums.put(String.join(" ", Json.texts(one.path("labels"))), sum);
    }
    return sums;
  }

  /** The merchant's payments are in panes, all of them. */
  private void rolledUp() {
    var id = TypeId.parse("mch", merchant.merchantId()).orElseThrow();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                jdbc.sql("select count(*) from analytics_payment_deltas where merchant_id = ?")
                        .param(id)
                        .query(Long.class)
                        .single()
                    == 0);
  }

  /** Once as it is pending, and once more from the panes. */
  private void twice(Runnable check) {
    check.run();
    rolledUp();
    check.run();
  }

  /** One pane a minute. */
  private void addPanes(String type, Instant from, int minutes) {
    jdbc.sql(
            """
            insert into analytics_panes (
              merchant_id, metric, step, starts_at, labels, occurrences, amount)
            with recursive minutes(i) as (
              select 0 union all select i + 1 from minutes where i + 1 < ?)
            select cast(? as uuid), 'events', 60,
                   cast(? as timestamp with time zone) + i * interval '1' minute, ?, 1, 0
              from minutes
            """)
        .params(
            minutes,
            TypeId.parse("mch", merchant.merchantId()).orElseThrow(),
            from.atOffset(ZoneOffset.UTC),
            "type=" + type)
        .update();
  }

  @Test
  void refusesAnAnswerOfMoreThanAHundredThousandPoints() {
    int minutes = 5_000;
    Instant from = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(minutes, ChronoUnit.MINUTES);
    for (int type = 0; type < 20; type++) {
      addPanes("t" + type, from, minutes);
    }
    String query = "metric=events.count&step=1m&from=" + from;

    assertThat(sums(query)).isEqualTo(Map.of("", 20L * minutes));
    assertThat(sums(query + "&group_by=type")).hasSize(20).containsEntry("t7", (long) minutes);
    addPanes("t", from, 1);
    merchant
        .get("/v1/analytics/series?" + query + "&group_by=type")
        .isRefused("step", "out_of_range");
    assertThat(sums(query)).isEqualTo(Map.of("", 20L * minutes + 1));
  }

  @Test
  void refusePanesOfMoreThanAHundredThousandSetsOfLabels() {
    Instant from = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(1, ChronoUnit.HOURS);
    String series = "metric=events.count&step=1m&from=" + from;
    String top = "by=type&limit=1&from=" + from;
    addSetsOfLabels(1, 100_000, from);

    assertThat(sums(series)).isEqualTo(Map.of("", 100_000L));
    assertThat(top(top)).isEqualTo("t1=1");
    addSetsOfLabels(0, 1, from);
    merchant.get("/v1/analytics/series?" + series).isRefused("step", "out_of_range");
    merchant.get("/v1/analytics/top?" + top).isRefused("from", "out_of_range");
  }

  /** One pane each. */
  private void addSetsOfLabels(int first, int count, Instant start) {
    jdbc.sql(
            """
            insert into analytics_panes (
              merchant_id, metric, step, starts_at, labels, occurrences, amount)
            with recursive numbers(i) as (
              select ? union all select i + 1 from numbers where i + 1 < ?)
            select cast(? as uuid), 'events', 60, cast(? as timestamp with time zone),
                   'type=t' || cast(i as varchar), 1, 0
              from numbers
            """)
        .params(
            first,
            first + count,
            TypeId.parse("mch", merchant.merchantId()).orElseThrow(),
            start.atOffset(ZoneOffset.UTC))
        .update();
  }

  @Test
  void countEachPaymentOnceUnderItsPresentStatus() {
    merchant.pay(100, "alice", "shop").is(201);
    String captured = merchant.authorize(200, "alice", "shop");
    String canceled = merchant.authorize(300, "alice", "shop");
    merchant.authorize(400, "alice", "shop");
    merchant.pay(FUNDS * 2, "alice", "shop").is(402);
    twice(
        () ->
            assertThat(sums("metric=payments.count&group_by=status"))
                .isEqualTo(Map.of("succeeded", 1L, "authorized", 3L, "declined", 1L)));

    merchant.capture(captured, "amount", 50, "final", false).is(201);
    merchant.capture(captured).is(201);
    merchant.cancel(canceled).is(200);
    twice(
        () ->
            assertThat(sums("metric=payments.count&group_by=status"))
                .isEqualTo(
                    Map.of("succeeded", 2L, "authorized", 1L, "declined", 1L, "canceled", 1L)));
    assertThat(sums("metric=payments.count")).isEqualTo(Map.of("", 5L));
    assertThat(sums("metric=payments.amount")).isEqualTo(Map.of("EUR", 300L));
    assertThat(sums("metric=payments.count&group_by=reason,status"))
        .containsEntry("insufficient_funds declined", 1L);
    assertThat(
            series("metric=payments.success_rate&step=1d")
                .body()
                .at("/series/0/points/0/1")
                .asDouble())
        .isCloseTo(2 / 3.0, within(0.001));
  }

  @Test
  void splitAmountsByCurrencyAndPayee() {
    merchant.open("other-shop");
    for (String usd : List.of("world.usd", "shop.usd")) {
      merchant.put("/v1/accounts/" + usd, object("currency", "USD", "kind", "external")).is(201);
    }
    String paid = merchant.pay(100, "alice", "shop").is(201).id();
    merchant.pay(20, "alice", "other-shop").is(201);
    merchant.pay(order(3, "world.usd", "shop.usd").put("currency", "USD")).is(201);
    merchant.refund(paid, "amount", 30).is(201);
    merchant.refund(paid).is(201);

    twice(
        () -> {
          assertThat(sums("metric=payments.amount")).isEqualTo(Map.of("EUR", 120L, "USD", 3L));
          assertThat(sums("metric=payments.amount&group_by=payee"))
              .isEqualTo(Map.of("EUR shop", 100L, "EUR other-shop", 20L, "USD shop.usd", 3L));
          assertThat(sums("metric=refunds.amount")).isEqualTo(Map.of("EUR", 100L));
          assertThat(sums("metric=payments.payers&step=1d")).isEqualTo(Map.of("", 2L));
          assertThat(top("by=payee")).isEqualTo("other-shop=1 shop=1 shop.usd=1");
          assertThat(top("by=payee&metric=amount&limit=2"))
              .isEqualTo("shop=100 EUR other-shop=20 EUR");
          assertThat(top("by=payer&metric=count")).isEqualTo("alice=2 world.usd=1");
          assertThat(top("by=payer&metric=amount")).isEqualTo("alice=120 EUR world.usd=3 USD");
        });
  }

  private String top(String query) {
    var rows = new StringBuilder();
    for (JsonNode row : merchant.get("/v1/analytics/top?" + query).is(200).body().path("data")) {
      String currency = row.has("currency") ? " " + row.path("currency").asText() : "";
      rows.append(
          " %s=%s%s".formatted(row.path("key").asText(), row.path("value").asText(), currency));
    }
    return rows.toString().strip();
  }

  private void setSketches(byte[] sketch, String metric) {
    int set =
        jdbc.sql("update analytics_panes set sketch = ? where merchant_id = ? and metric = ?")
            .params(sketch, TypeId.require("mch", merchant.merchantId()), metric)
            .update();
    assertThat(set).isEqualTo(3);
  }

  /** As if a thousand payments of the largest amount had been made before. */
  @Test
  void goOnBeyondALong() {
    merchant.pay(100, "alice", "shop").is(201);
    rolledUp();
    long most = Long.MAX_VALUE - 7;
    var payers = new Sketch.Frequent();
    payers.add("alice", most);
    setSketches(payers.bytes(), "payments.payers.by_amount");
    jdbc.sql("update analytics_panes set amount = ? where merchant_id = ? and amount = 100")
        .params(most, TypeId.require("mch", merchant.merchantId()))
        .update();
    merchant.pay(208, "alice", "shop").is(201);
    String sum = BigInteger.valueOf(most).add(BigInteger.valueOf(208)).toString();

    twice(
        () -> {
          assertThat(top("by=payer&metric=amount")).isEqualTo("alice=%s EUR".formatted(sum));
          assertThat(top("by=payee&metric=amount")).isEqualTo("shop=%s EUR".formatted(sum));
          assertThat(series("metric=payments.amount&step=1d").at("/series/0/points/0/1").asText())
              .isEqualTo(sum);
          assertThat(merchant.get("/v1/analytics/integrity").is(200).number("/difference"))
              .isZero();
        });
  }

  /** One whose sum has overflowed, and others that somebody has cut off. */
  @Test
  void areShownBesideSketchesThatCannotBeRead() {
    merchant.pay(100, "alice", "shop").is(201);
    rolledUp();
    var overflowed = new FrequentItemsSketch<String>(256);
    overflowed.update("alice", Long.MAX_VALUE);
    overflowed.update("alice", 1);
    setSketches(overflowed.toByteArray(new ArrayOfStringsSerDe()), "payments.payers.by_amount");
    for (String metric :
        List.of("payments.payers.by_count", "payments.payers", "payments.latency")) {
      setSketches(new byte[] {1}, metric);
    }

    assertThat(top("by=payer&metric=amount")).isEmpty();
    assertThat(top("by=payer&metric=count")).isEmpty();
    assertThat(sums("metric=payments.payers")).isEmpty();
    assertThat(sums("metric=payments.latency")).isEmpty();
    assertThat(sums("metric=payments.amount")).isEqualTo(Map.of("EUR", 100L));

    merchant.pay(200, "alice", "shop").is(201);
    twice(
        () -> {
          assertThat(top("by=payer&metric=amount")).isEqualTo("alice=200 EUR");
          assertThat(top("by=payer&metric=count")).isEqualTo("alice=1");
          assertThat(sums("metric=payments.payers&step=1d")).isEqualTo(Map.of("", 1L));
          assertThat(sums("metric=payments.latency")).hasSize(1);
          assertThat(sums("metric=payments.amount")).isEqualTo(Map.of("EUR", 300L));
        });
  }

  @Test
  void nameTheRuleThatDeclined() {
    merchant.rules(
        array(
            object(
                "id",
                "big",
                "kind",
                "amount_limit",
                "action",
                "decline",
                "amount",
                50,
                "currency",
                "EUR")));
    merchant.pay(51, "alice", "shop").is(402);
    merchant.pay(60, "alice", "shop").is(402);
    merchant.pay(50, "alice", "shop").is(201);

    twice(
        () ->
            assertThat(sums("metric=fraud.declines&group_by=reason")).isEqualTo(Map.of("big", 2L)));
  }

  @Test
  void measureHowLongPaymentsTook() {
    String id = merchant.pay(1, "alice", "shop").is(201).id();
    long used = merchant.find(id).number("/deadline/used_ms");

    twice(
        () ->
            assertThat(sums("metric=payments.latency&quantile=0.999&step=1h"))
                .isEqualTo(Map.of("", used)));
  }

  /** Against the payments themselves, after many at once of all kinds. */
  @Test
  void areWhatThePaymentsAre() {
    merchant.open("poor");
    for (Answer answer :
        Burst.of(
            120,
            i -> {
              var body = order(i + 1, i % 5 == 0 ? "poor" : "alice", "shop");
              return merchant.pay(i % 3 == 0 ? body.put("capture_method", "manual") : body);
            })) {
      if (answer.status() == 201 && ThreadLocalRandom.current().nextBoolean()) {
        if (answer.text("/status").equals("authorized")) {
          merchant.cancel(answer.id()).is(200);
        } else {
          merchant.refund(answer.id(), "amount", 1).is(201);
        }
      }
    }
    Map<String, Long> stored = new TreeMap<>();
    Map<String, Long> amounts = new TreeMap<>();
    for (JsonNode payment : all("/v1/payments?limit=100")) {
      stored.merge(payment.path("status").asText(), 1L, Long::sum);
      if (payment.path("status").asText().equals("succeeded")) {
        amounts.merge("EUR", payment.path("amount").asLong(), Long::sum);
      }
    }
    long refunded = 0;
    for (JsonNode refund : all("/v1/refunds?limit=100")) {
      refunded += refund.path("amount").asLong();
    }
    Map<String, Long> refunds = refunded == 0 ? Map.of() : Map.of("EUR", refunded);

    twice(
        () -> {
          for (String step : List.of("1s", "1m", "1h", "1d")) {
            assertThat(sums("metric=payments.count&group_by=status&step=" + step))
                .isEqualTo(stored);
            assertThat(sums("metric=payments.amount&step=" + step)).isEqualTo(amounts);
            assertThat(sums("metric=refunds.amount&step=" + step)).isEqualTo(refunds);
          }
          Answer integrity = merchant.get("/v1/analytics/integrity").is(200);
          assertThat(integrity.number("/payment_events")).isGreaterThan(120);
          assertThat(integrity.number("/payment_events_counted"))
              .isEqualTo(integrity.number("/payment_events"));
          assertThat(integrity.number("/difference")).isZero();
        });
  }

  @Test
  void areOfEventsToo() {
    merchant
        .post(
            "/v1/analytics/events",
            array(
                event("page.viewed", "session", "s1", "labels", object("country", "DE")),
                event("page.viewed", "session", "s1", "labels", object("country", "FR")),
                event("cart.changed", "session", "s2", "amount", 500, "currency", "EUR")))
        .is(200);

    assertThat(sums("metric=events.count")).isEqualTo(Map.of("", 3L));
    assertThat(sums("metric=events.count&group_by=type&step=1s"))
        .isEqualTo(Map.of("page.viewed", 2L, "cart.changed", 1L));
    assertThat(sums("metric=events.count&group_by=label:country,type&step=1h"))
        .isEqualTo(Map.of("DE page.viewed", 1L, "FR page.viewed", 1L));
    assertThat(sums("metric=events.amount&step=1d")).isEqualTo(Map.of("EUR", 500L));
    assertThat(sums("metric=events.sessions&step=1d")).isEqualTo(Map.of("", 2L));
    assertThat(top("by=type")).isEqualTo("page.viewed=2 cart.changed=1");
    assertThat(top("by=type&metric=amount")).isEqualTo("cart.changed=500 EUR");
  }

  private static JsonNode event(String type, Object... data) {
    return object("id", UUID.randomUUID().toString(), "type", type, "data", object(data));
  }

  private List<JsonNode> all(String path) {
    var rows = new java.util.ArrayList<JsonNode>();
    Answer page = merchant.get(path).is(200);
    page.body().path("data").forEach(rows::add);
    while (page.body().path("has_more").asBoolean()) {
      page = merchant.get(path + "&cursor=" + page.text("/next_cursor")).is(200);
      page.body().path("data").forEach(rows::add);
    }
    return rows;
  }

  @Test
  void haveWholePointsInUtc() {
    Instant made = Instant.parse(merchant.pay(1, "alice", "shop").is(201).text("/created_at"));
    Instant second = made.truncatedTo(ChronoUnit.SECONDS);

    assertThat(points("step=1s")).containsExactly(second.toString());
    assertThat(points("step=1m"))
        .containsExactly(second.truncatedTo(ChronoUnit.MINUTES).toString());
    assertThat(points("step=1h")).containsExactly(second.truncatedTo(ChronoUnit.HOURS).toString());
    assertThat(points("step=1d")).containsExactly(second.truncatedTo(ChronoUnit.DAYS).toString());
    assertThat(points("step=1s&from=%s&to=%s".formatted(made, made.plusMillis(1)))).hasSize(1);
    assertThat(points("step=1s&from=%s&to=%s".formatted(second, second))).isEmpty();
    assertThat(
            points("step=1s&from=%s&to=%s".formatted(second.plusSeconds(1), second.plusSeconds(9))))
        .isEmpty();
    assertThat(points("step=1d&from=%s&to=%s".formatted(made, made.plusMillis(1)))).hasSize(1);
  }

  private List<String> points(String query) {
    var points = new java.util.ArrayList<String>();
    series("metric=payments.count&" + query)
        .body()
        .at("/series/0/points")
        .forEach(point -> points.add(point.path(0).asText()));
    return points;
  }

  @ParameterizedTest
  @CsvSource({
    "'', metric, required",
    "metric=payments, metric, not_one_of",
    "metric=payments.count&step=5m, step, not_one_of",
    "metric=payments.count&group_by=colour, group_by, not_one_of",
    "metric=payments.count&group_by=type, group_by, not_allowed",
    "metric=payments.count&group_by=label:country, group_by, not_allowed",
    "'metric=events.count&group_by=label:a,label:b', group_by, not_allowed",
    "'metric=events.count&group_by=label:a,payee', group_by, not_allowed",
    "'metric=payments.count&group_by=status,status', group_by, repeated",
    "metric=payments.count&group_by=, group_by, not_one_of",
    "metric=payments.count&quantile=0.5, quantile, not_allowed",
    "metric=payments.latency&quantile=0.4, quantile, out_of_range",
    "metric=payments.latency&quantile=half, quantile, invalid_format",
    "metric=payments.count&from=yesterday, from, invalid_format",
    "metric=payments.count&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z, from, out_of_range",
    "metric=payments.count&step=1s&from=2026-01-01T00:00:00Z&to=2026-01-01T00:15:01Z, from, out_of_range",
    "metric=payments.count&step=1m&from=2026-01-01T00:00:00Z&to=2026-01-08T00:00:01Z, from, out_of_range",
    "metric=payments.count&step=1h&from=2025-01-01T00:00:00Z&to=2026-02-06T00:00:00Z, from, out_of_range",
    "metric=payments.count&limit=5, limit, unknown_field"
  })
  void refuseWhatCannotBeShown(String query, String param, String code) {
    merchant.get("/v1/analytics/series?" + query).isRefused(param, code);
  }

  @ParameterizedTest
  @CsvSource({
    "by=shop, by, not_one_of",
    "metric=payments.count, metric, not_one_of",
    "limit=0, limit, out_of_range",
    "limit=101, limit, out_of_range",
    "from=2024-01-01T00:00:00Z&to=2026-01-01T00:00:00Z, from, out_of_range"
  })
  void refuseATopOfNothing(String query, String param, String code) {
    merchant.get("/v1/analytics/top?" + query).isRefused(param, code);
  }

  @Test
  void areTheMerchantsOwn() {
    merchant.pay(1, "alice", "shop").is(201);
    Client stranger = newMerchant();

    assertThat(stranger.get("/v1/analytics/series?metric=payments.count").body().path("series"))
        .isEmpty();
    assertThat(stranger.get("/v1/analytics/top?by=payer").body().path("data")).isEmpty();
  }
}
