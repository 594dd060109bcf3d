package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** What a service answers that is asked for more than it will do: per merchant, and in all. */
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

  private static final String READ = "ledger:read";
  private static final String DEFAULT = "\"merchant\";q=60;w=6";

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    Postgres.Database database = Postgres.create();
    database.provideTo(registry);
  }

  @Test
  @Proves("a merchant exceeds its rate limit")
  void refusesAMerchantThatAsksTooMuchAndNobodyElse() {
    String id = merchant.merchantId();
    Client greedy = limitedTo(merchant, "ledger:read", "payments:write");
    Answer first = greedy.get("/v1/accounts/alice").is(200);
    assertThat(first.header("RateLimit-Policy")).contains(DEFAULT);
    assertThat(first.header("RateLimit").orElseThrow())
        .matches("\"merchant\";r=[45][0-9];t=[0-9]+");

    Answer last = exhausted(greedy).isProblem(429, "rate_limited").movedNothing();
    assertThat(last.body().path("retryable").asBoolean()).isTrue();
    assertThat(last.header("Retry-After").orElseThrow()).matches("[1-9][0-9]*");
    assertThat(last.header("RateLimit").orElseThrow()).contains("r=0");
    newMerchant().get("/v1/accounts/alice").is(200);
    Call payment = greedy.payment(order(5, "alice", "shop"));
    Answer paid = patiently(payment).is(201);
    assertThat(paid.header("Idempotent-Replayed")).isEmpty();
    grant(id, 1_000, 1_000);
    moved(5);
  }

  @Test
  @Proves("a merchant exceeds its rate limit")
  void countsAllKeysOfAMerchantTogether() {
    String id = merchant.merchantId();
    List<Client> keys = IntStream.range(0, 16).mapToObj(i -> limitedTo(merchant, READ)).toList();
    grant(id, 1, 20);
    keys.forEach(key -> key.get("/v1/accounts").is(200));

    Answer refused = exhausted(keys.getFirst());

    assertThat(refused.header("RateLimit-Policy")).contains("\"merchant\";q=20;w=20");
    keys.forEach(
        key ->
            assertThat(key.get("/v1/accounts").status())
                .as("one a second comes back")
                .isIn(429, 200));
    assertThat(keys.stream().filter(key -> key.get("/v1/accounts").status() == 429).count())
        .isGreaterThan(10);
    grant(id, 1_000, 1_000);
    keys.forEach(key -> key.get("/v1/accounts").is(200));
  }

  @Test
  @Proves("a merchant exceeds its rate limit")
  void holdsAKeyToItsOwnLimitWithinItsMerchants() {
    Client slow = limitedKey(1, 3);

    for (int i = 0; i < 3; i++) {
      assertThat(slow.get("/v1/accounts").is(200).header("RateLimit-Policy"))
          .contains("\"key\";q=3;w=3, " + DEFAULT);
    }
    Answer refused = slow.get("/v1/accounts").isProblem(429, "rate_limited");
    assertThat(refused.header("RateLimit-Policy")).contains("\"key\";q=3;w=3");
    merchant.get("/v1/accounts").is(200);
    assertThat(limitedKey(1_000, 1_000).get("/v1/accounts").is(200).header("RateLimit-Policy"))
        .as("no more than the merchant")
        .contains(DEFAULT);
    merchant
        .post(
            "/v1/api-keys",
            object("name", "none", "scopes", Json.array(READ), "rate_limit", object("burst", 0)))
        .isProblem(400, "invalid_request");
  }

  /** A key that may ask so much. */
  private Client limitedKey(int perSecond, int burst) {
    Answer made =
        merchant
            .post(
                "/v1/api-keys",
                object(
                    "name",
                    "slow",
                    "scopes",
                    Json.array(READ),
                    "rate_limit",
                    object("requests_per_second", perSecond, "burst", burst)))
            .is(201);
    assertThat(made.number("/rate_limit/burst")).isEqualTo(burst);
    return merchant.with(made.text("/secret"));
  }

  private void grant(String merchantId, int perSecond, int burst) {
    operator
        .patch(
            "/v1/merchants/" + merchantId, object("requests_per_second", perSecond, "burst", burst))
        .is(200);
  }

  private static Answer exhausted(Client client) {
    Answer last = client.get("/v1/accounts");
    for (int i = 0; i < 2_000 && last.status() == 200; i++) {
      last = client.get("/v1/accounts");
    }
    return last.isProblem(429, "rate_limited");
  }

  private static Answer patiently(Call call) {
    Answer answer = call.send();
    for (int i = 0; i < 10_000 && answer.status() == 429; i++) {
      answer = call.send();
    }
    return answer;
  }

  @Test
  @Proves("more requests come")
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
