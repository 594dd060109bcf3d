package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The same request under the same key moves the money once, and tells what happened each time. */
abstract class IdempotencyContract extends Contract {

  @Test
  void repeatsTheAnswerForReorderedJson() {
    Answer first = merchant.payment(order(100, "alice", "shop")).key("k").send().is(201);
    Answer again =
        merchant
            .call("POST", "/v1/payments")
            .key("\"k\"")
            .body("{ \"payee\":\"shop\",\"payer\":\"alice\",\"currency\":\"EUR\",\"amount\":100 }")
            .send()
            .is(201);

    assertThat(again.id()).isEqualTo(first.id());
    assertThat(again.header("Idempotent-Replayed")).contains("true");
    assertThat(first.header("Idempotent-Replayed")).isEmpty();
    moved(100);
  }

  @Test
  void refusesAnotherBodyUnderTheKey() {
    merchant.payment(order(100, "alice", "shop")).key("k").send().is(201);

    merchant
        .payment(order(101, "alice", "shop"))
        .key("k")
        .send()
        .isProblem(422, "idempotency_key_reused");
    moved(100);
  }

  @Test
  void keepsARefusalUnderItsKey() {
    Call order = merchant.payment(order(100, "alice", "later")).key("k");
    order.send().isProblem(422, "account_not_found");
    merchant.open("later");

    order.send().isProblem(422, "account_not_found");
    nothingMoved();
  }

  @Test
  void doesNotUseTheKeyUpForBadInput() {
    merchant.payment(order(0, "alice", "shop")).key("k").send().isProblem(400, "invalid_request");

    merchant.payment(order(100, "alice", "shop")).key("k").send().is(201);
  }

  @Test
  void carriesIdenticalConcurrentRequestsOutOnce() {
    List<Answer> answers =
        Burst.of(30, i -> merchant.payment(order(100, "alice", "shop")).key("k").send());

    assertThat(answers)
        .allSatisfy(
            answer -> {
              if (answer.header("Retry-After").isPresent()) {
                answer.isProblem(409, "idempotency_in_progress");
              } else {
                answer.is(201);
              }
            });
    moved(100);
  }

  @Test
  void letsTheCallerWaitForTheRunningRequest() {
    List<Answer> answers =
        Burst.of(
            20,
            i ->
                merchant
                    .payment(order(100, "alice", "shop"))
                    .key("k")
                    .header("Prefer", "wait=10")
                    .send());

    assertThat(answers).allSatisfy(answer -> answer.is(201));
    assertThat(answers.stream().map(Answer::id).distinct()).hasSize(1);
    moved(100);
  }

  @Test
  void tellsTheCallerWhoWaitsThatTheRunningRequestWasTooLate() {
    merchant.fault("fraud", "hang", true);

    List<Answer> answers =
        Burst.of(
            5,
            i ->
                merchant
                    .payment(order(100, "alice", "shop"))
                    .key("k")
                    .deadline(300)
                    .header("Prefer", "wait=10")
                    .send());

    assertThat(answers)
        .allSatisfy(answer -> answer.isProblem(504, "deadline_exceeded").movedNothing());
    assertThat(answers.stream().map(answer -> answer.text("/payment_id")).distinct()).hasSize(1);
    nothingMoved();
  }
}
