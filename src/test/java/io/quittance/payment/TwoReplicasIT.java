package io.quittance.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import io.quittance.testing.Postgres;
import io.quittance.testing.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
