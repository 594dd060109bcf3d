package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Proves;
import io.quittance.web.TypeId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The same request under the same key moves the money once, and tells what happened each time. */
abstract class IdempotencyContract extends Contract {

  @Autowired private JdbcClient jdbc;

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

  /** At first, fields that were not sent were hashed as nulls. */
  @Test
  void recognizesWhatWasRecordedWithNulls() {
    String held = merchant.authorize(50, "alice", "shop");
    Map<Call, String> recorded =
        Map.of(
            merchant.payment(order(5, "alice", "shop")),
            """
            {"amount":5,"capture_method":null,"currency":"EUR","description":null,\
            "expires_in_seconds":null,"metadata":null,"payee":"shop","payer":"alice",\
            "reference":null}""",
            merchant.transfer(move(7, "alice", "shop")),
            """
            {"amount":7,"currency":"EUR","from":"alice","metadata":null,"reference":null,\
            "to":"shop"}""",
            merchant.operation(held, "captures", "amount", 3),
            "{\"amount\":3,\"final\":null}");

    recorded.forEach(
        (call, json) -> {
          String key = UUID.randomUUID().toString();
          String id = call.key(key).send().is(201).id();
          jdbc.sql("update idempotency_keys set fingerprint = ? where idempotency_key = ?")
              .param(sha256(json))
              .param(key)
              .update();

          Answer again = call.send().is(201);

          assertThat(again.id()).isEqualTo(id);
          assertThat(again.header("Idempotent-Replayed")).contains("true");
        });
    moved(15);
  }

  private static String sha256(String json) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(json.getBytes(UTF_8));
      return Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void keepsARefusalThatOnlyANewerVersionKnows() {
    String key = UUID.randomUUID().toString();
    Call order = merchant.payment(order(100, "alice", "nobody")).key(key);
    order.send().isProblem(422, "account_not_found");
    jdbc.sql("update idempotency_keys set refusal = 'moon_eclipsed' where idempotency_key = ?")
        .param(key)
        .update();

    List<Answer> answers =
        Burst.of(20, i -> i % 2 == 0 ? order.send() : merchant.pay(1, "alice", "shop"));

    for (int i = 0; i < answers.size(); i++) {
      if (i % 2 == 1) {
        answers.get(i).is(201);
      } else if (answers.get(i).status() != 409) {
        answers.get(i).isProblem(503, "dependency_unavailable").movedNothing();
      }
    }
    moved(10);
  }

  @Test
  void keepsARefusalUnderItsKey() {
    Call order = merchant.payment(order(100, "alice", "later")).key("k");
    order.send().isProblem(422, "account_not_found");
    merchant.open("later");

    Answer again = order.send().isProblem(422, "account_not_found");
    assertThat(again.header("Idempotent-Replayed")).contains("true");
    nothingMoved();
  }

  @Test
  void doesNotUseTheKeyUpForBadInput() {
    merchant.payment(order(0, "alice", "shop")).key("k").send().isProblem(400, "invalid_request");

    merchant.payment(order(100, "alice", "shop")).key("k").send().is(201);
  }

  @Test
  @Proves("the same request at the same time")
  void carriesIdenticalConcurrentRequestsOutOnce() {
    List<Answer> answers =
        Burst.of(30, i -> merchant.payment(order(100, "alice", "shop")).key("k").send());

    assertThat(answers)
        .allSatisfy(
            answer -> {
              if (answer.header("Retry-After").isPresent()) {
                answer.isProblem(409, "idempotency_in_progress");
                // The first one may still pay.
                assertThat(answer.text("/outcome")).isEqualTo("unknown");
                assertThat(answer.text("/resolves_by")).isNotBlank();
              } else {
                answer.is(201);
              }
            });
    moved(100);
  }

  @Test
  @Proves("the same request at the same time")
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

  /** By a replica that hangs in a transaction, say: the database is well, and others go on. */
  @Test
  void blamesNoDatabaseForKeysThatAnotherTransactionHolds() {
    heal();
    whileHolding(
        """
        insert into idempotency_keys (merchant_id, operation, idempotency_key, fingerprint,
            runs_until, created_at)
        values %s
        """
            .formatted(
                IntStream.range(0, 12)
                    .mapToObj(
                        i ->
                            "('%s', 'POST /v1/payments', 'held-%d', 'x', current_timestamp, current_timestamp)"
                                .formatted(TypeId.require("mch", merchant.merchantId()), i))
                    .collect(Collectors.joining(", "))),
        () -> {
          List<Answer> answers =
              Burst.of(
                  12,
                  i ->
                      merchant
                          .payment(order(100, "alice", "shop"))
                          .key("held-" + i)
                          .deadline(600)
                          .send());

          assertThat(answers).extracting(Answer::status).isSubsetOf(202, 504);
          merchant.pay(1, "alice", "shop").is(201);
        });
  }
}
