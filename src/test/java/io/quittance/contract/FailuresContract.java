package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.Proves;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Hung and failing dependencies: bounded, definite answers, and no hold left behind. */
abstract class FailuresContract extends Contract {

  @Test
  @Proves("the deadline passes")
  void answersAtTheDeadlineWhenScreeningHangs() {
    merchant.fault("fraud", "hang", true);

    Answer answer = merchant.payment(order(100, "alice", "shop")).deadline(300).send();

    answer.isProblem(504, "deadline_exceeded").movedNothing();
    assertThat(merchant.find(answer.text("/payment_id")).text("/status")).isEqualTo("failed");
    nothingMoved();
  }

  @Test
  @Proves("the deadline passes")
  void keepsTimeBackFromScreeningForGivingTheHoldBack() {
    merchant.fault("fraud", "hang", true);

    Answer answer = merchant.payment(order(100, "alice", "shop")).deadline(2_000).send();

    answer.isProblem(504, "deadline_exceeded").movedNothing();
    JsonNode scope =
        merchant
            .get("/v1/payments/" + answer.text("/payment_id") + "/timeline")
            .is(200)
            .body()
            .at("/scopes/0");
    long granted = scope.path("deadline_ms").asLong();
    for (JsonNode subtask : scope.path("subtasks")) {
      if (subtask.path("name").asText().equals("fraud")) {
        assertThat(subtask.path("result").asText()).isEqualTo("timed_out");
        assertThat(subtask.path("budget_ms").asLong()).isBetween(granted / 2, granted - 10);
      }
    }
    nothingMoved();
  }

  @Test
  @Proves("a receiver of events is down")
  void neverFailsAPaymentForItsNotification() {
    merchant.fault("notification", "hang", true);

    merchant.pay(100, "alice", "shop").is(201);
    moved(100);
  }

  @Test
  @Proves("the ledger's breaker is open")
  void opensTheBreakerAndClosesItAgain() {
    merchant.fault("ledger", "error_rate", 1);
    List<Answer> answers = Burst.of(30, i -> merchant.pay(1, "alice", "shop"));
    // On a busy machine the deadline may come first.
    assertThat(answers)
        .allSatisfy(
            answer ->
                assertThat(answer.code()).isIn("dependency_unavailable", "deadline_exceeded"));
    Call payment = merchant.payment(order(1, "alice", "shop"));
    Answer refused = payment.send().isProblem(503, "dependency_unavailable").movedNothing();
    assertThat(refused.header("Retry-After")).isPresent();
    assertThat(refused.body().has("payment_id")).isFalse();
    nothingMoved();

    merchant.noFaults();

    Answer paid = Awaitility.await().until(payment::send, answer -> answer.status() == 201);
    assertThat(paid.header("Idempotent-Replayed")).isEmpty();
    moved(1);
  }
}
