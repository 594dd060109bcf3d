package io.quittance.payment.create;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.testing.Merchant;
import io.quittance.testing.Merchant.Answer;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A payer of very many payments waits apart, and is judged as exactly as any. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = "quittance.journal.lanes=1")
@ActiveProfiles("sandbox")
class VelocityApartIT {

  /** More than are read in a transaction that others wait for; of one cent each. */
  private static final int PAID_BEFORE = 10_050;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    Postgres.Database database = Postgres.create();
    database.provideTo(registry);
  }

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private MeterRegistry registry;

  private final Merchant merchant = new Merchant("qt_sandbox_key");

  private URI service() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Test
  @Proves("a velocity rule has to look at more")
  void addsUpAllThatWasPaid() throws Exception {
    merchant.openAccounts(service(), 2, 100_000);
    pay("a0");
    addPaymentsLikeTheFirst();
    allowTwoMorePayments();

    List<String> statuses;
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Answer>> answers =
          Stream.generate(() -> CompletableFuture.supplyAsync(() -> payUnchecked("a0"), clients))
              .limit(6)
              .toList();
      statuses = answers.stream().map(answer -> told(answer.join())).toList();
    }

    assertThat(statuses).filteredOn("succeeded"::equals).hasSize(2);
    assertThat(statuses).filteredOn("fraud_declined"::equals).hasSize(4);
    assertThat(appliedApart()).isPositive();
    double before = appliedApart();
    assertThat(pay("a1").body().path("status").asText()).isEqualTo("succeeded");
    assertThat(appliedApart()).isEqualTo(before);
  }

  private static String told(Answer answer) {
    return answer.status() == 201 ? answer.body().path("status").asText() : answer.code();
  }

  private double appliedApart() {
    return registry.find("quittance.pool.jobs").tag("pool", "journal-busy-1").counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  private Answer pay(String payer) throws IOException, InterruptedException {
    return merchant.post(
        service(),
        "/v1/payments",
        UUID.randomUUID().toString(),
        Merchant.payment(1, payer, "shop"));
  }

  private Answer payUnchecked(String payer) {
    try {
      return pay(payer);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void addPaymentsLikeTheFirst() {
    jdbc.sql(
            """
            insert into payments (merchant_id, id, status, amount, currency, payer, payee,
                                  capture_method, amount_captured, amount_refunded, metadata,
                                  granted_ms, used_ms, hold_seconds, event_count, created_at,
                                  resolves_by)
            select merchant_id, gen_random_uuid(), status, amount, currency, payer, payee,
                   capture_method, amount_captured, amount_refunded, metadata, granted_ms, used_ms,
                   hold_seconds, event_count, created_at - i * interval '1 ms', resolves_by
              from payments, generate_series(1, ?) i
             where payer = 'a0'
            """)
        .param(PAID_BEFORE - 1)
        .update();
  }

  private void allowTwoMorePayments() throws IOException, InterruptedException {
    JsonNode rules = merchant.get(service(), "/v1/fraud/rules").body();
    Answer put =
        merchant.put(
            service(),
            "/v1/fraud/rules",
            """
            {"version":%d,"rules":[{"id":"much","kind":"velocity_amount","action":"decline",
             "amount":%d,"currency":"EUR","window_seconds":86400}]}
            """
                .formatted(rules.path("version").asInt(), PAID_BEFORE + 2));
    assertThat(put.status()).isEqualTo(200);
  }
}
