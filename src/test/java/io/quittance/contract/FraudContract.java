package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The merchant's rules, reviews and fallbacks. */
abstract class FraudContract extends Contract {

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

  @Test
  void failsThePaymentWhenScreeningCannotAnswer() {
    merchant.fault("fraud", "error_rate", 1);

    Answer answer = merchant.pay(100, "alice", "shop");

    answer.isProblem(503, "dependency_unavailable");
    assertThat(answer.text("/dependency")).isEqualTo("fraud");
    assertThat(merchant.find(answer.text("/payment_id")).text("/status")).isEqualTo("failed");
    nothingMoved();
  }

  @Test
  void fallsBackAsTheMerchantSaid() {
    merchant.fallback(object("approve_below", 50));
    merchant.fault("fraud", "error_rate", 1);

    assertThat(merchant.pay(order(49, "alice", "shop")).is(201).text("/fraud/source"))
        .isEqualTo("fallback");
    merchant.pay(50, "alice", "shop").isProblem(503, "dependency_unavailable");
    moved(49);
  }
}
