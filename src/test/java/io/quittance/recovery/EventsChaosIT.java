package io.quittance.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.recovery.CrashingPostgres.Crash;
import io.quittance.testing.KafkaBroker;
import io.quittance.testing.Merchant;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Known events, sent under keys by many clients until each has its answer, and some of them once
 * more after that. Meanwhile replicas are killed, and the database crashes. In the end, what is
 * counted is what was acknowledged, exactly.
 */
@Tag("side-by-side")
class EventsChaosIT {

  private static final String PREFIX = "events-chaos";
  private static final int CLIENTS = 6;
  private static final int BODIES_PER_CLIENT = 100;
  private static final int BODIES = CLIENTS * BODIES_PER_CLIENT;
  private static final int SOUND = 40;
  private static final int NAMING_A_PAYMENT = 4;
  private static final int REJECTED = 2;
  private static final int LATE = 3;

  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong replayed = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final List<CountDownLatch> quarters =
      IntStream.range(1, 4).mapToObj(i -> new CountDownLatch(i * BODIES / 4)).toList();

  @Test
  void countsWhatWasAcknowledgedExactly() throws Exception {
    countsExactly(() -> {});
  }

  /** The broker is killed, too, while the database is down. */
  @Test
  void countsWhatTheBrokerHasAcknowledgedExactly() throws Exception {
    KafkaBroker broker = KafkaBroker.running();
    broker.create(PREFIX + ".events", 2, Map.of());
    broker.create(PREFIX + ".interactions", 4, Map.of());
    countsExactly(
        () -> {
          broker.kill();
          broker.start();
        },
        "--quittance.analytics.engine=kafka",
        "--quittance.kafka.bootstrap-servers=" + broker.address(),
        "--quittance.kafka.topic-prefix=" + PREFIX,
        "--quittance.kafka.properties.session.timeout.ms=6000");
  }

  private void countsExactly(Runnable disturbance, String... settings) throws Exception {
    try (var postgres = CrashingPostgres.start();
        var replicas = new Replicas(postgres.database(), 2, settings);
        var clients = Executors.newFixedThreadPool(CLIENTS)) {
      Merchant merchant = Merchant.register(replicas.one(0));
      String payment = payment(merchant, replicas);
      var sent =
          IntStream.range(0, CLIENTS)
              .mapToObj(client -> clients.submit(sending(client, merchant, replicas, payment)))
              .toList();
      quarters.get(0).await(2, TimeUnit.MINUTES);
      replicas.kill(0);
      quarters.get(1).await(2, TimeUnit.MINUTES);
      postgres.crash(Crash.IMMEDIATE_SHUTDOWN);
      disturbance.run();
      postgres.restart();
      quarters.get(2).await(2, TimeUnit.MINUTES);
      replicas.kill(1);
      for (var one : sent) {
        one.get();
      }

      replicas.awaitAllReady();
      assertThat(failed.get()).as("the disturbances disturbed").isPositive();
      assertThat(replayed.get()).isPositive();
      assertThat(acknowledged.get()).isEqualTo(BODIES);
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () ->
                  assertIntegrity(
                      merchant.get(replicas.one(0).uri(), "/v1/analytics/integrity").body()));
      assertPanes(JdbcClient.create(postgres.database().dataSource()));
    }
  }

  private Callable<Void> sending(int client, Merchant merchant, Replicas replicas, String payment) {
    return () -> {
      var random = new Random(client);
      for (int i = 0; i < BODIES_PER_CLIENT; i++) {
        String key = "body-" + client + "-" + i;
        String body = body(key, payment);
        while (!acknowledges(merchant, replicas, random, key, body)) {
          failed.incrementAndGet();
        }
        if (random.nextInt(4) == 0) {
          acknowledges(merchant, replicas, random, key, body);
        }
        acknowledged.incrementAndGet();
        quarters.forEach(CountDownLatch::countDown);
      }
      return null;
    };
  }

  private boolean acknowledges(
      Merchant merchant, Replicas replicas, Random random, String key, String body)
      throws InterruptedException {
    try {
      Merchant.Answer answer =
          merchant.post(
              replicas.any(random), "/v1/analytics/events", body, Map.of("Idempotency-Key", key));
      if (answer.status() != 200) {
        assertThat(answer.status()).as("%s", answer.body()).isIn(503, 429);
        return false;
      }
      assertThat(answer.body().path("accepted").asInt()).isEqualTo(SOUND);
      if (answer.raw().headers().firstValue("Idempotent-Replayed").isPresent()) {
        replayed.incrementAndGet();
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static String payment(Merchant merchant, Replicas replicas)
      throws IOException, InterruptedException {
    var service = replicas.one(0).uri();
    merchant.openAccounts(service, 1, 1_000);
    var paid = new AtomicReference<String>();
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              String key = UUID.randomUUID().toString();
              Merchant.Answer answer =
                  merchant.post(service, "/v1/payments", key, Merchant.payment(5, "a0", "shop"));
              paid.set(answer.body().path("id").asText());
              return answer.status() == 201;
            });
    return paid.get();
  }

  /** The same each time, but for nothing: its fingerprint is compared. */
  private static String body(String key, String payment) {
    String sound =
        IntStream.range(0, SOUND)
            .mapToObj(
                i ->
                    """
                    {"id":"%s-%d","type":"t%d","data":{"amount":%d,"currency":"EUR","labels":{"l":"%d"}%s}}"""
                        .formatted(
                            key,
                            i,
                            i % 5,
                            i + 1,
                            i % 3,
                            i < NAMING_A_PAYMENT ? ",\"payment_id\":\"" + payment + '"' : ""))
            .collect(Collectors.joining(","));
    String old = Instant.EPOCH.plus(Duration.ofDays(1)).toString();
    String late = ",{\"id\":\"l\",\"type\":\"t\",\"time\":\"%s\"}".formatted(old).repeat(LATE);
    return "[" + sound + late + ",{}".repeat(REJECTED) + "]";
  }

  private static void assertIntegrity(JsonNode integrity) {
    assertThat(integrity.path("accepted").asLong()).isEqualTo((long) BODIES * SOUND);
    assertThat(integrity.path("late").asLong()).isEqualTo((long) BODIES * LATE);
    assertThat(integrity.path("rejected").asLong()).isEqualTo((long) BODIES * REJECTED);
    assertThat(integrity.path("duplicates").asLong()).isZero();
    assertThat(integrity.path("pending").asLong()).isZero();
    assertThat(integrity.at("/enrichment/done").asLong())
        .isEqualTo((long) BODIES * NAMING_A_PAYMENT);
    assertThat(integrity.at("/enrichment/pending").asLong()).isZero();
    assertThat(integrity.path("difference").asLong()).isZero();
  }

  private static void assertPanes(JdbcClient jdbc) {
    long amounts = (long) BODIES * SOUND * (SOUND + 1) / 2;
    for (String metric : List.of("events", "events.label:l")) {
      for (int step : List.of(1, 60, 3600)) {
        Map<String, Object> sums =
            jdbc.sql(
                    """
                    select cast(sum(occurrences) as bigint) as events,
                           cast(sum(amount) as bigint) as amounts
                      from analytics_panes where metric = ? and step = ?
                    """)
                .params(metric, step)
                .query()
                .singleRow();
        assertThat(sums)
            .as("%s by %d s", metric, step)
            .containsEntry("events", (long) BODIES * SOUND)
            .containsEntry("amounts", amounts);
      }
    }
  }
}
