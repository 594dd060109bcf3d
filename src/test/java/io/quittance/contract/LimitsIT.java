package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Postgres;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** What a service answers that is asked for more than it will do: per key, and in all. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "quittance.operator-key=" + Contract.OPERATOR_KEY,
      "quittance.rate-limit.requests-per-second=10",
      "quittance.rate-limit.burst=60",
      "quittance.admission.floor=4",
      "quittance.admission.ceiling=4"
    })
@ActiveProfiles("sandbox")
class LimitsIT extends Contract {

  private static final String DRAFT = "\"key\";q=60;w=6";

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    Postgres.Database database = Postgres.create();
    registry.add("spring.datasource.url", database::url);
    registry.add("spring.datasource.username", () -> Postgres.Database.USER);
    registry.add("spring.datasource.password", () -> Postgres.Database.PASSWORD);
  }

  @Test
  void refusesAKeyThatAsksTooMuchAndNobodyElse() {
    Client greedy = limitedTo(merchant, "ledger:read", "payments:write");
    Answer first = greedy.get("/v1/accounts/alice").is(200);
    assertThat(first.header("RateLimit-Policy")).contains(DRAFT);
    assertThat(first.header("RateLimit").orElseThrow()).matches("\"key\";r=5[0-9];t=[0-9]+");

    Answer last = first;
    for (int i = 0; i < 500 && last.status() == 200; i++) {
      last = greedy.get("/v1/accounts/alice");
    }

    last.isProblem(429, "rate_limited").movedNothing();
    assertThat(last.body().path("retryable").asBoolean()).isTrue();
    assertThat(last.header("Retry-After").orElseThrow()).matches("[1-9][0-9]*");
    assertThat(last.header("RateLimit").orElseThrow()).contains("r=0");
    Call payment = greedy.payment(order(5, "alice", "shop"));
    Answer paid = payment.send();
    for (int i = 0; i < 10_000 && paid.status() == 429; i++) {
      paid = payment.send();
    }
    paid.is(201);
    assertThat(paid.header("Idempotent-Replayed")).isEmpty();
    merchant.get("/v1/accounts/alice").is(200);
    moved(5);
  }

  @Test
  void holdsAKeyToItsOwnLimitWithinTheConfiguredOne() {
    Answer made =
        merchant
            .post(
                "/v1/api-keys",
                object(
                    "name",
                    "slow",
                    "scopes",
                    Json.array("ledger:read", "keys:write"),
                    "rate_limit",
                    object("requests_per_second", 1, "burst", 3)))
            .is(201);
    Client slow = merchant.with(made.text("/secret"));

    assertThat(made.number("/rate_limit/burst")).isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      assertThat(slow.get("/v1/accounts").is(200).header("RateLimit-Policy"))
          .contains("\"key\";q=3;w=3");
    }
    slow.get("/v1/accounts").isProblem(429, "rate_limited");
    Answer greedy =
        merchant
            .post(
                "/v1/api-keys",
                object(
                    "name",
                    "greedy",
                    "scopes",
                    Json.array("ledger:read"),
                    "rate_limit",
                    object("requests_per_second", 1_000, "burst", 1_000)))
            .is(201);
    assertThat(merchant.with(greedy.text("/secret")).get("/v1/accounts").header("RateLimit-Policy"))
        .contains(DRAFT);
    merchant
        .post(
            "/v1/api-keys",
            object(
                "name",
                "none",
                "scopes",
                Json.array("ledger:read"),
                "rate_limit",
                object("burst", 0)))
        .isProblem(400, "invalid_request");
  }

  @Test
  void refusesWhatIsTooMuchBeforeAnythingIsBegun() {
    merchant.fault("ledger", "latency_ms", 300);
    List<Client> others = List.of(merchant, limitedTo(merchant, "payments:write"));
    List<Call> calls =
        IntStream.range(0, 40)
            .mapToObj(i -> others.get(i % 2).payment(order(1, "alice", "shop")))
            .toList();

    List<Answer> answers = Burst.of(calls.size(), i -> calls.get(i).send());

    List<Answer> refused = answers.stream().filter(answer -> answer.status() == 503).toList();
    assertThat(refused).isNotEmpty().hasSizeLessThan(answers.size());
    assertThat(refused)
        .allSatisfy(
            answer -> {
              answer.isProblem(503, "overloaded").movedNothing();
              assertThat(answer.body().has("payment_id")).isFalse();
              assertThat(answer.header("Retry-After").orElseThrow()).matches("[1-9][0-9]*");
            });
    long accepted = answers.stream().filter(answer -> answer.status() == 201).count();
    assertThat(accepted + refused.size()).isEqualTo(answers.size());
    moved(accepted);

    merchant.noFaults();
    int again = 0;
    for (int i = 0; i < calls.size(); i++) {
      if (answers.get(i).status() == 503 && again < 5) {
        calls.get(i).send().is(201);
        again++;
      }
    }
    moved(accepted + again);
  }
}
