package io.quittance.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.testing.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two replicas on one database: they agree on keys, references, funds and velocity. */
class TwoReplicasIT {

  private static final int REQUESTS = 40;

  private static Postgres.Database database;
  private static ServiceProcess one;
  private static ServiceProcess other;
  private static Merchant merchant;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    database = Postgres.create();
    one = ServiceProcess.start(database);
    other = ServiceProcess.start(database);
    merchant = Merchant.register(one);
    merchant.openAccounts(one.uri(), 6, 1_000);
  }

  @AfterAll
  static void stop() {
    one.close();
    other.close();
    new LedgerAudit(database).passes();
  }

  @Test
  @Proves("the same request at the same time")
  void carryOutIdenticalRequestsOnce() throws Exception {
    String body = Merchant.payment(100, "a0", "shop");

    List<Merchant.Answer> answers =
        onBoth(i -> merchant.post(replica(i), "/v1/payments", "identical", body));

    assertThat(answers).extracting(Merchant.Answer::status).containsOnly(201, 409);
    assertThat(answers)
        .filteredOn(answer -> answer.status() == 201)
        .extracting(answer -> answer.body().path("id").asText())
        .isNotEmpty()
        .containsOnly(
            merchant.post(one.uri(), "/v1/payments", "identical", body).body().path("id").asText());
    assertThat(posted("a0")).isEqualTo(900);
  }

  /**
   * The first request has stored nothing yet, because it waits for a locked account. Its repetition
   * has less time, and must not be told that nothing happened: the first one is applied after that.
   */
  @ParameterizedTest
  @ValueSource(strings = {"/captures", "/refunds", "/cancel"})
  void tellARepetitionThatTheFirstRequestStillWaits(String action) throws Exception {
    String payment = paymentFor(action);
    String path = "/v1/payments/" + payment + action;
    try (var client = Executors.newVirtualThreadPerTaskExecutor();
        Connection holder =
            database.locking("select * from accounts where id in ('a3', 'shop') for update")) {
      Future<Merchant.Answer> first = client.submit(() -> changed(one, path, 10_000));
      awaitBlocked();

      Merchant.Answer repetition = changed(other, path, 1_500);

      assertThat(repetition.status()).isEqualTo(409);
      assertThat(repetition.code()).isEqualTo("idempotency_in_progress");
      assertThat(repetition.body().path("outcome").asText()).isEqualTo("unknown");
      assertThat(repetition.raw().headers().firstValue("Retry-After"))
          .hasValueSatisfying(seconds -> assertThat(Integer.parseInt(seconds)).isBetween(5, 10));

      Future<Merchant.Answer> joining =
          client.submit(
              () ->
                  merchant.post(
                      other.uri(),
                      path,
                      "{}",
                      Map.of("Idempotency-Key", "waits", "Prefer", "wait=8")));
      holder.rollback();

      assertThat(first.get().status()).isIn(200, 201);
      assertThat(joining.get().body().path("id")).isEqualTo(first.get().body().path("id"));
      assertThat(joining.get().raw().headers().firstValue("Idempotent-Replayed")).hasValue("true");
    }
  }

  /** The key of a request that waited in vain is free on every replica at once. */
  @Test
  void freeAKeyWhoseRequestHasWaitedInVain() throws Exception {
    String path = "/v1/payments/" + paymentFor("/captures") + "/captures";
    try (Connection holder =
        database.locking("select * from accounts where id in ('a3', 'shop') for update")) {
      Merchant.Answer late = changed(one, path, 600);
      assertThat(late.status()).isEqualTo(504);
      assertThat(late.body().path("outcome").asText()).isEqualTo("none");
      holder.rollback();
    }

    Awaitility.await()
        .atMost(Duration.ofSeconds(2))
        .untilAsserted(() -> assertThat(changed(other, path, 2_000).status()).isEqualTo(201));
  }

  private static String paymentFor(String action) throws Exception {
    String order =
        Merchant.payment(1, "a3", "shop")
            .replace(
                "}",
                ",\"capture_method\":\"%s\"}"
                    .formatted(action.equals("/refunds") ? "automatic" : "manual"));
    return merchant
        .post(one.uri(), "/v1/payments", UUID.randomUUID().toString(), order)
        .body()
        .path("id")
        .asText();
  }

  private static Merchant.Answer changed(ServiceProcess replica, String path, int deadlineMs)
      throws Exception {
    return merchant.post(
        replica.uri(),
        path,
        "{}",
        Map.of("Idempotency-Key", "waits", "Payment-Deadline-Ms", String.valueOf(deadlineMs)));
  }

  /** Waits until the first request has had time to be seen waiting. */
  private static void awaitBlocked() {
    var audit = new LedgerAudit(database);
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> audit.number("select count(*) from pg_locks where not granted") > 0);
  }

  @Test
  void useAReferenceOnce() throws Exception {
    String body =
        "{\"amount\":1,\"currency\":\"EUR\",\"payer\":\"a1\",\"payee\":\"shop\",\"reference\":\"r\"}";

    List<Merchant.Answer> answers =
        onBoth(i -> merchant.post(replica(i), "/v1/payments", "reference-" + i, body));

    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 201)
        .extracting(Merchant.Answer::code)
        .containsOnly("duplicate_reference");
  }

  @Test
  void neverOverdrawAnAccount() throws Exception {
    List<Merchant.Answer> answers =
        onBoth(
            i ->
                merchant.post(
                    replica(i), "/v1/payments", "funds-" + i, Merchant.payment(90, "a2", "shop")));

    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(11);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 201)
        .extracting(Merchant.Answer::code)
        .containsOnly("insufficient_funds");
    assertThat(posted("a2")).isEqualTo(10);
  }

  @Test
  void countVelocityExactlyInABurst() throws Exception {
    Merchant careful = Merchant.register(one);
    careful.openAccounts(one.uri(), 1, 1_000);
    careful.put(
        one.uri(),
        "/v1/fraud/rules",
        """
        {"version":0,"rules":[{"id":"fast","kind":"velocity_count","action":"decline","count":7,
         "window_seconds":3600}]}
        """);

    List<Merchant.Answer> answers =
        onBoth(
            i ->
                careful.post(
                    replica(i), "/v1/payments", "burst-" + i, Merchant.payment(1, "a0", "shop")));

    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(7);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 201)
        .extracting(Merchant.Answer::code)
        .containsOnly("fraud_declined");
  }

  private static URI replica(int request) {
    return (request % 2 == 0 ? one : other).uri();
  }

  private static long posted(String account) throws IOException, InterruptedException {
    return merchant
        .get(other.uri(), "/v1/accounts/" + account)
        .body()
        .at("/balances/posted")
        .asLong();
  }

  private interface Request {
    Merchant.Answer send(int number) throws Exception;
  }

  private static List<Merchant.Answer> onBoth(Request request)
      throws InterruptedException, ExecutionException {
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Merchant.Answer>> calls = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        int number = i;
        calls.add(() -> request.send(number));
      }
      List<Merchant.Answer> answers = new ArrayList<>();
      for (Future<Merchant.Answer> answer : clients.invokeAll(calls)) {
        answers.add(answer.get());
      }
      return answers;
    }
  }
}
