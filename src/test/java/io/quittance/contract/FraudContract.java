package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.testing.Proves;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The merchant's rules, reviews and fallbacks. */
abstract class FraudContract extends Contract {

  @Autowired private JdbcClient jdbc;
  @Autowired private MeterRegistry registry;
  @Autowired private CircuitBreakerRegistry breakers;

  @Test
  void declinesWhatARuleDeclines() {
    merchant.rules(
        Json.array(
            object(
                "id",
                "big",
                "kind",
                "amount_limit",
                "action",
                "decline",
                "amount",
                100,
                "currency",
                "EUR")));

    merchant.pay(100, "alice", "shop").is(201);
    merchant.pay(101, "alice", "shop").isProblem(402, "fraud_declined");
    moved(100);
  }

  @Test
  void countsVelocityExactlyInABurst() {
    merchant.rules(
        Json.array(
            object(
                "id",
                "fast",
                "kind",
                "velocity_count",
                "action",
                "decline",
                "count",
                5,
                "window_seconds",
                600)));

    List<Answer> answers = Burst.of(20, i -> merchant.pay(1, "alice", "shop"));

    assertThat(
            answers.stream()
                .filter(answer -> answer.body().path("status").asText().equals("succeeded")))
        .hasSize(5);
    moved(5);
  }

  /** Screening answers about when the payment's turn comes: some take one commit, some two. */
  @Test
  void countsVelocityExactlyHoweverManyCommitsAPaymentTakes() {
    merchant.rules(
        Json.array(
            object(
                "id",
                "fast",
                "kind",
                "velocity_count",
                "action",
                "decline",
                "count",
                5,
                "window_seconds",
                600)));
    for (int latency = 0; latency < 12; latency++) {
      merchant.fault("fraud", "latency_ms", latency % 4);
      String payer = "payer" + latency;
      merchant.open(payer, 1000);

      List<Answer> answers = Burst.of(20, i -> merchant.pay(1, payer, "shop"));

      assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(5);
      assertThat(answers)
          .filteredOn(answer -> answer.status() != 201)
          .allSatisfy(answer -> answer.isProblem(402, "fraud_declined"));
    }
  }

  @Test
  void addsScoresUp() {
    merchant.rules(
        Json.array(
            object(
                "id",
                "a",
                "kind",
                "new_account",
                "action",
                "score",
                "score",
                30,
                "age_seconds",
                86_400),
            object(
                "id",
                "b",
                "kind",
                "amount_limit",
                "action",
                "score",
                "score",
                25,
                "amount",
                10,
                "currency",
                "EUR")));

    assertThat(merchant.pay(5, "alice", "shop").is(201).number("/fraud/score")).isEqualTo(30);
    Answer review = merchant.pay(11, "alice", "shop").is(202);
    assertThat(review.number("/fraud/score")).isEqualTo(55);
    assertThat(Json.texts(review.body().at("/fraud/reasons"))).containsExactly("a", "b");
  }

  @Test
  void letsAnAllowListWin() {
    merchant.rules(
        Json.array(
            object(
                "id",
                "big",
                "kind",
                "amount_limit",
                "action",
                "decline",
                "amount",
                1,
                "currency",
                "EUR"),
            object("id", "vip", "kind", "list", "list", "allow", "payers", Json.array("alice"))));

    merchant.pay(100, "alice", "shop").is(201);
  }

  @Test
  void keepsTheHoldWhileAPersonDecides() {
    merchant.rules(
        Json.array(
            object(
                "id",
                "big",
                "kind",
                "amount_limit",
                "action",
                "review",
                "amount",
                1,
                "currency",
                "EUR")));
    String id = merchant.pay(100, "alice", "shop").is(202).id();
    held(100);

    assertThat(merchant.review(id, "approve").is(200).text("/status")).isEqualTo("succeeded");
    merchant.review(id, "decline").isProblem(409, "invalid_state");
    moved(100);
  }

  @Test
  void givesTheHoldBackWhenAPersonDeclines() {
    merchant.rules(
        Json.array(
            object(
                "id",
                "big",
                "kind",
                "amount_limit",
                "action",
                "review",
                "amount",
                1,
                "currency",
                "EUR")));
    String id = merchant.pay(100, "alice", "shop").is(202).id();

    assertThat(merchant.review(id, "decline").is(200).text("/status")).isEqualTo("declined");
    nothingMoved();
  }

  @Test
  void refusesAStaleVersion() {
    merchant.rules(
        Json.array(
            object(
                "id",
                "big",
                "kind",
                "amount_limit",
                "action",
                "review",
                "amount",
                1,
                "currency",
                "EUR")));

    merchant
        .put("/v1/fraud/rules", object("version", 0, "rules", Json.array()))
        .isProblem(409, "stale_version");
  }

  @RepeatedTest(3)
  @ExtendWith(OutputCaptureExtension.class)
  void takesOneOfManyFirstRulesAndLogsNothingOfTheOthers(CapturedOutput output) {
    List<Answer> answers =
        Burst.of(
            12,
            i ->
                merchant.put(
                    "/v1/fraud/rules", object("version", 0, "rules", Json.array(listed("r" + i)))));

    assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 200)
        .allSatisfy(answer -> answer.isProblem(409, "stale_version"));
    assertThat(output).doesNotContain("SqlExceptionHelper", "duplicate key", "Unique index");
    assertThat(merchant.get("/v1/audit-log?action=fraud_rules.replaced").body().path("data"))
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 3, 1_000_000})
  void leavesTheRulesAloneWhenAnotherVersionWasRead(long read) {
    merchant.rules(Json.array(listed("first")));
    merchant.rules(Json.array(listed("second")));

    Answer answer =
        merchant.put(
            "/v1/fraud/rules", object("version", read, "rules", Json.array(listed("third"))));

    answer.isProblem(409, "stale_version");
    Answer rules = merchant.get("/v1/fraud/rules").is(200);
    assertThat(rules.number("/version")).isEqualTo(2);
    assertThat(Json.texts(rules.body().path("rules"), "id")).containsExactly("second");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void letsOneOfManyConcurrentChangesThrough(long read) {
    for (int i = 0; i < read; i++) {
      merchant.rules(Json.array());
    }

    List<Answer> answers =
        Burst.of(
            12,
            i ->
                merchant.put(
                    "/v1/fraud/rules",
                    object("version", read, "rules", Json.array(listed("r" + i)))));

    List<Answer> accepted = answers.stream().filter(answer -> answer.status() == 200).toList();
    assertThat(accepted).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 200)
        .allSatisfy(answer -> answer.isProblem(409, "stale_version"));
    assertThat(merchant.get("/v1/fraud/rules").body()).isEqualTo(accepted.getFirst().body());
  }

  private static JsonNode listed(String id) {
    return object("id", id, "kind", "list", "list", "allow", "payers", Json.array("alice"));
  }

  @Test
  @Proves("screening fails, hangs")
  void failsThePaymentWhenScreeningCannotAnswer() {
    merchant.fault("fraud", "error_rate", 1);

    Answer answer = merchant.pay(100, "alice", "shop");

    answer.isProblem(503, "dependency_unavailable");
    assertThat(answer.text("/dependency")).isEqualTo("fraud");
    assertThat(merchant.find(answer.text("/payment_id")).text("/status")).isEqualTo("failed");
    nothingMoved();
  }

  @Test
  @Proves("screening fails, hangs")
  void fallsBackAsTheMerchantSaid() {
    merchant.fallback(object("approve_below", 50));
    merchant.fault("fraud", "error_rate", 1);

    assertThat(merchant.pay(order(49, "alice", "shop")).is(201).text("/fraud/source"))
        .isEqualTo("fallback");
    merchant.pay(50, "alice", "shop").isProblem(503, "dependency_unavailable");
    moved(49);
  }

  @Test
  @Proves("screening fails, hangs")
  void fallsBackBehindAnOpenBreaker() {
    breakers.circuitBreaker("fraud").transitionToForcedOpenState();

    merchant.fallback(object("approve_below", 50));
    assertThat(merchant.pay(49, "alice", "shop").is(201).text("/fraud/source"))
        .isEqualTo("fallback");
    Answer refused = merchant.pay(50, "alice", "shop").isProblem(503, "dependency_unavailable");
    assertThat(refused.text("/dependency")).isEqualTo("fraud");
    moved(49);

    merchant.fallback("review");
    Answer parked = merchant.pay(1, "alice", "shop").is(202);
    assertThat(parked.text("/status")).isEqualTo("in_review");
    assertThat(parked.text("/fraud/source")).isEqualTo("fallback");
  }

  @Test
  void countsPaymentsByWhoseVerdictDecidedThem() {
    double rules = decidedBy("rules");
    double fallback = decidedBy("fallback");
    merchant.fallback("review");

    merchant.pay(1, "alice", "shop").is(201);
    merchant.fault("fraud", "error_rate", 1);
    String parked = merchant.pay(2, "alice", "shop").is(202).id();
    merchant.review(parked, "approve").is(200);
    merchant.fallback("decline");
    merchant.pay(4, "alice", "shop").is(503);

    assertThat(decidedBy("rules")).isEqualTo(rules + 1);
    assertThat(decidedBy("fallback")).isEqualTo(fallback + 1);
    moved(3);
  }

  private double decidedBy(String source) {
    return registry.get("quittance.payment.screenings").tag("source", source).counter().count();
  }

  /** Makes the merchant's rules what a newer version may have written. */
  private void unreadableRules(Object fallback) {
    String mark = "rule-" + UUID.randomUUID();
    ObjectNode rule =
        object(
            "id", mark, "kind", "amount_limit", "action", "review", "amount", 1, "currency", "EUR");
    merchant.rules(Json.array(rule), object("fallback", fallback));
    int changed =
        jdbc.sql(
                "update fraud_rule_sets set body = replace(body, 'amount_limit', 'moon_phase')"
                    + " where body like ?")
            .param("%" + mark + "%")
            .update();
    assertThat(changed).isOne();
  }

  @Test
  @Proves("the rule set was written by")
  void failsAPaymentWhoseRulesCannotBeReadHereAndNobodyElses() {
    unreadableRules("decline");
    Client neighbour = newMerchant();

    List<Answer> answers =
        Burst.of(60, i -> (i % 2 == 0 ? merchant : neighbour).pay(1, "alice", "shop"));

    for (int i = 0; i < answers.size(); i++) {
      Answer answer = answers.get(i);
      if (i % 2 == 0) {
        answer.isProblem(503, "dependency_unavailable").movedNothing();
        assertThat(answer.text("/dependency")).isEqualTo("fraud");
        assertThat(merchant.find(answer.text("/payment_id")).text("/status")).isEqualTo("failed");
      } else {
        answer.is(201);
      }
    }
    merchant.get("/v1/fraud/rules").isProblem(503, "dependency_unavailable");
    nothingMoved();
  }

  @Test
  @Proves("the rule set was written by")
  void letsTheFallbackDecideWhereTheRulesCannotBeReadHere() {
    unreadableRules("review");

    Answer answer = merchant.pay(1, "alice", "shop").is(202);

    assertThat(answer.text("/status")).isEqualTo("in_review");
    assertThat(answer.text("/fraud/source")).isEqualTo("fallback");
    held(1);
  }
}
