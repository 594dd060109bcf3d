package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Proves;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Idempotency, deadlines and access, the same for each operation on a payment that exists. */
abstract class OperationsContract extends Contract {

  @ParameterizedTest
  @CsvSource({"captures, 201", "cancel, 200", "refunds, 201"})
  void tellsAgainWhatHappened(String operation, int status) {
    String id = ready(operation);
    Call call = merchant.operation(id, operation);

    Answer first = call.send().is(status);
    Answer again = call.send().is(status);

    assertThat(first.header("Idempotent-Replayed")).isEmpty();
    assertThat(again.header("Idempotent-Replayed")).contains("true");
    assertThat(again.body()).isEqualTo(first.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"captures", "cancel", "refunds"})
  void isDoneOnceHoweverOftenItIsAsked(String operation) {
    String id = ready(operation);
    Call call = merchant.operation(id, operation).header("Prefer", "wait=10");

    List<Answer> answers = Burst.of(12, i -> call.send());

    assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isIn(200, 201));
    assertThat(answers.stream().map(Answer::id).distinct()).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.header("Idempotent-Replayed").isEmpty())
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"captures", "cancel", "refunds"})
  void wantsAKey(String operation) {
    String id = ready(operation);

    merchant
        .operation(id, operation)
        .without("Idempotency-Key")
        .send()
        .isProblem(400, "idempotency_key_required");
    merchant
        .operation(id, operation)
        .key("x".repeat(256))
        .send()
        .isProblem(400, "invalid_idempotency_key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"captures", "refunds"})
  void refusesAnotherBodyUnderTheKey(String operation) {
    String id = ready(operation);
    merchant.operation(id, operation, "amount", 10).key("k").send().is(201);

    merchant
        .operation(id, operation, "amount", 11)
        .key("k")
        .send()
        .isProblem(422, "idempotency_key_reused");
  }

  @Test
  void keepsARefusalUnderItsKey() {
    String id = merchant.authorize(100, "alice", "shop");
    Call refund = merchant.operation(id, "refunds");
    refund.send().isProblem(409, "invalid_state");
    merchant.capture(id).is(201);

    Answer again = refund.send().isProblem(409, "invalid_state");

    assertThat(again.text("/payment_id")).isEqualTo(id);
    moved(100);
  }

  @ParameterizedTest
  @CsvSource({"captures, amount, 0", "captures, amount, -1", "refunds, amount, 0"})
  void doesNotUseTheKeyUpForBadInput(String operation, String field, long value) {
    String id = ready(operation);

    merchant
        .operation(id, operation, field, value)
        .key("k")
        .send()
        .isProblem(400, "invalid_request");

    merchant.operation(id, operation).key("k").send().is(201);
  }

  @ParameterizedTest
  @ValueSource(strings = {"captures", "cancel", "refunds"})
  void refusesFieldsThatItDoesNotKnow(String operation) {
    merchant
        .operation(ready(operation), operation, "amuont", 1)
        .send()
        .isProblem(400, "unknown_field");
  }

  @ParameterizedTest
  @ValueSource(strings = {"captures", "cancel", "refunds"})
  void needsNoBody(String operation) {
    Call bare =
        merchant.call("POST", "/v1/payments/" + ready(operation) + "/" + operation).randomKey();

    assertThat(bare.send().status()).isIn(200, 201);
  }

  @ParameterizedTest
  @CsvSource({"captures, 201", "refunds, 201", "cancel, 200", "review, 200"})
  @Proves("an operation's deadline passes")
  void leavesNothingBehindAtTheDeadline(String operation, int status) {
    boolean review = operation.equals("review");
    String id = review ? parked() : ready(operation);
    Answer before = merchant.find(id);
    merchant.fault("ledger", "hang", true);
    Object[] body = review ? new Object[] {"decision", "approve"} : new Object[] {};
    Call call = merchant.operation(id, operation, body).deadline(200);

    Answer late = call.send().isProblem(504, "deadline_exceeded").movedNothing();

    assertThat(late.text("/payment_id")).isEqualTo(id);
    assertThat(merchant.find(id).body()).isEqualTo(before.body());
    merchant.noFaults();
    call.deadline(5000).send().is(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"captures", "refunds"})
  @Proves("the ledger's breaker is open")
  void isRefusedAtOnceWhileTheLedgersBreakerIsOpen(String operation) {
    String id = ready(operation);
    merchant.fault("ledger", "error_rate", 1.0);
    for (int i = 0; i < 20; i++) {
      merchant.operation(id, operation).send().isProblem(503, "dependency_unavailable");
    }

    Answer open = merchant.operation(id, operation).send();

    open.isProblem(503, "dependency_unavailable").movedNothing();
    assertThat(open.text("/dependency")).isEqualTo("ledger");
    assertThat(open.header("Retry-After")).isPresent();
    assertThat(open.text("/detail")).contains("breaker");
  }

  @ParameterizedTest
  @ValueSource(strings = {"captures", "cancel", "refunds", "review"})
  void isForThoseWhoMayOnly(String operation) {
    String id = ready(operation.equals("review") ? "captures" : operation);

    limitedTo(merchant, "payments:read")
        .operation(id, operation, "decision", "approve")
        .send()
        .isProblem(403, "insufficient_scope");
    Object[] body =
        operation.equals("review") ? new Object[] {"decision", "approve"} : new Object[] {};
    newMerchant().operation(id, operation, body).send().isProblem(404, "not_found");
  }

  @Test
  void reviewsOnceUnderAKey() {
    String id = parked();
    Call review = merchant.operation(id, "review", "decision", "approve");

    assertThat(review.send().is(200).text("/status")).isEqualTo("succeeded");

    assertThat(review.send().is(200).header("Idempotent-Replayed")).contains("true");
    merchant.review(id, "approve").isProblem(409, "invalid_state");
    moved(70);
  }

  /** A payment of 70 that waits for its review. */
  private String parked() {
    merchant.fallback("review");
    merchant.fault("fraud", "error_rate", 1.0);
    return merchant.pay(order(70, "alice", "shop")).is(202).id();
  }

  /** A payment of 100 that the operation can be done to. */
  private String ready(String operation) {
    return operation.equals("refunds")
        ? merchant.pay(100, "alice", "shop").is(201).id()
        : merchant.authorize(100, "alice", "shop");
  }
}
