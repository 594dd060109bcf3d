package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static io.quittance.contract.Json.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a payment tells, and lets be noted, beside what becomes of its money. */
abstract class DetailsContract extends Contract {

  @Autowired private JdbcClient jdbc;

  private Answer change(String paymentId, JsonNode body) {
    return merchant.patch("/v1/payments/" + paymentId, body);
  }

  @Test
  void changesDescriptionAndMetadataAndNothingElse() {
    String id =
        merchant
            .pay(
                order(7, "alice", "shop")
                    .put("description", "shoes")
                    .set("metadata", object("size", "42", "colour", "red")))
            .is(201)
            .id();
    JsonNode before = merchant.find(id).body();

    JsonNode after = change(id, object("metadata", object("size", "43"))).is(200).body();

    assertThat(after.path("metadata")).isEqualTo(object("size", "43"));
    assertThat(after.path("description").asText()).isEqualTo("shoes");
    assertThat(merchant.find(id).body()).isEqualTo(after);
    assertThat(withoutMetadata(after)).isEqualTo(withoutMetadata(before));
    assertThat(change(id, object("description", "boots")).is(200).text("/description"))
        .isEqualTo("boots");
    assertThat(merchant.find(id).body().path("metadata")).isEqualTo(object("size", "43"));
    assertThat(change(id, object("description", "")).is(200).body().path("description").isNull())
        .isTrue();
    assertThat(change(id, object()).is(200).body().path("metadata"))
        .isEqualTo(object("size", "43"));
    assertThat(merchant.events(id)).hasSize(1);
    moved(7);
  }

  private static JsonNode withoutMetadata(JsonNode payment) {
    ObjectNode rest = payment.deepCopy();
    rest.remove("metadata");
    return rest;
  }

  @Test
  void changesWhatIsOverAndWhatGoesOn() {
    String declined = merchant.pay(FUNDS + 1, "alice", "shop").is(402).text("/payment_id");
    String held = merchant.authorize(5, "alice", "shop");

    assertThat(change(declined, object("description", "called back")).is(200).text("/status"))
        .isEqualTo("declined");
    change(held, object("description", "ships on Monday")).is(200);
    merchant.capture(held).is(201);

    assertThat(merchant.find(held).text("/description")).isEqualTo("ships on Monday");
    assertThat(merchant.find(held).text("/status")).isEqualTo("succeeded");
  }

  /** A client may change one payment for ever; its timeline is not to fill the memory. */
  @Test
  void showsTheFirstAndTheLastOfVeryManyScopes() {
    String id = merchant.pay(1, "alice", "shop").is(201).id();
    for (int i = 0; i < 250; i++) {
      change(id, object("description", "the " + i + "th")).is(200);
    }

    await().until(() -> scopes(id).size() == 200);

    assertThat(scopes(id).get(0).path("name").asText()).isEqualTo("payment");
  }

  private JsonNode scopes(String payment) {
    return merchant.get("/v1/payments/" + payment + "/timeline").is(200).body().path("scopes");
  }

  @Test
  void losesNeitherTheChangeNorTheOperationsBesideIt() {
    String id = merchant.authorize(100, "alice", "shop");

    List<Answer> answers =
        Burst.of(
            20,
            i ->
                i % 2 == 0
                    ? merchant.capture(id, "amount", 1, "final", false)
                    : change(id, object("metadata", object("seen", Integer.toString(i)))));

    assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isIn(200, 201));
    Answer payment = merchant.find(id);
    assertThat(payment.number("/amount_captured")).isEqualTo(10);
    assertThat(payment.text("/metadata/seen")).matches("\\d+");
  }

  @Test
  void refusesToChangeAnythingElse() {
    String id = merchant.pay(7, "alice", "shop").is(201).id();

    change(id, object("amount", 8)).isProblem(400, "unknown_field");
    change(id, object("reference", "r")).isProblem(400, "unknown_field");
    change(id, object("metadata", object("a".repeat(41), "v"))).isProblem(400, "invalid_request");
    change("pay_" + "0".repeat(26), object()).isProblem(404, "not_found");
    assertThat(newMerchant().patch("/v1/payments/" + id, object("description", "mine")).status())
        .isEqualTo(404);
  }

  @Test
  void isFoundByAnyOfSeveralStates() {
    String paid = merchant.pay(1, "alice", "shop").is(201).id();
    String held = merchant.authorize(1, "alice", "shop");
    String declined = merchant.pay(FUNDS + 1, "alice", "shop").is(402).text("/payment_id");

    assertThat(found("declined,authorized")).containsExactly(declined, held);
    assertThat(found("authorized,declined,authorized")).containsExactly(declined, held);
    assertThat(found("succeeded,declined")).containsExactly(declined, paid);
    assertThat(found("failed,canceled")).isEmpty();

    Answer page = merchant.get("/v1/payments?status=declined,authorized&limit=1").is(200);
    String next = page.text("/next_cursor");
    assertThat(
            texts(
                merchant
                    .get("/v1/payments?limit=1&status=authorized,declined&cursor=" + next)
                    .is(200)
                    .body()
                    .path("data"),
                "id"))
        .containsExactly(held);
    merchant
        .get("/v1/payments?limit=1&status=authorized&cursor=" + next)
        .isProblem(400, "invalid_cursor");
  }

  @ParameterizedTest
  @ValueSource(strings = {"declined,", ",", "declined,lost", "declined;failed", "declined, failed"})
  void isNotSearchedByAStateThatDoesNotExist(String states) {
    assertThat(
            merchant
                .get("/v1/payments?status=" + states.replace(" ", "%20"))
                .isProblem(400, "invalid_request")
                .text("/errors/0/param"))
        .isEqualTo("status");
  }

  private List<String> found(String states) {
    return texts(merchant.get("/v1/payments?status=" + states).is(200).body().path("data"), "id");
  }

  @Test
  void showsCapturesAndRefundsByTheirIds() {
    String id = merchant.authorize(100, "alice", "shop");
    Answer capture = merchant.capture(id, "amount", 60).is(201);
    Answer first = merchant.refund(id, "amount", 10, "reason", "late").is(201);
    String other = merchant.pay(7, "alice", "shop").is(201).id();
    Answer second = merchant.refund(other).is(201);

    assertThat(merchant.get("/v1/captures/" + capture.id()).is(200).body())
        .isEqualTo(capture.body());
    assertThat(merchant.get("/v1/refunds/" + first.id()).is(200).body()).isEqualTo(first.body());
    Answer page = merchant.get("/v1/refunds?limit=1").is(200);
    assertThat(page.body().at("/data/0")).isEqualTo(second.body());
    Answer rest = merchant.get("/v1/refunds?limit=1&cursor=" + page.text("/next_cursor")).is(200);
    assertThat(rest.body().at("/data/0")).isEqualTo(first.body());
    assertThat(rest.body().path("has_more").asBoolean()).isFalse();
  }

  @Test
  void showsNobodyElsesCapturesAndRefunds() {
    String id = merchant.authorize(100, "alice", "shop");
    String capture = merchant.capture(id).is(201).id();
    String refund = merchant.refund(id).is(201).id();
    Client stranger = newMerchant();

    stranger.get("/v1/captures/" + capture).isProblem(404, "not_found");
    stranger.get("/v1/refunds/" + refund).isProblem(404, "not_found");
    assertThat(stranger.get("/v1/refunds").is(200).body().path("data")).isEmpty();
    merchant.get("/v1/captures/" + refund).isProblem(404, "not_found");
    merchant.get("/v1/refunds/nonsense").isProblem(404, "not_found");
  }

  @Test
  void saysWhichSubtaskDeclinedAndWhy() {
    String poor = merchant.pay(FUNDS + 1, "alice", "shop").is(402).text("/payment_id");
    merchant.rules(array(limit("decline")));
    String bad = merchant.pay(2, "alice", "shop").is(402).text("/payment_id");
    merchant.rules(array(limit("review")));
    String parked = merchant.pay(2, "alice", "shop").is(202).id();
    merchant.review(parked, "decline").is(200);
    merchant.rules(array());

    assertDeclined(poor, 0, "ledger", "insufficient_funds");
    assertDeclined(bad, 0, "fraud", "fraud_declined");
    assertDeclined(parked, 1, "ledger", "fraud_declined");
    assertThat(scope(parked, 0).path("result").asText()).isEqualTo("ok");
  }

  private void assertDeclined(String payment, int scope, String subtask, String code) {
    JsonNode told = scope(payment, scope);
    assertThat(told.path("result").asText()).as("%s", told).isEqualTo("declined");
    for (JsonNode task : told.path("subtasks")) {
      boolean decided = task.path("name").asText().equals(subtask);
      assertThat(task.path("result").asText().equals("declined")).as("%s", task).isEqualTo(decided);
      assertThat(task.path("code").asText()).isEqualTo(decided ? code : "");
    }
  }

  private JsonNode scope(String payment, int index) {
    return merchant
        .get("/v1/payments/" + payment + "/timeline")
        .is(200)
        .body()
        .path("scopes")
        .path(index);
  }

  @Test
  void storesWhenAScopeWasOpenedOnce() {
    String id = merchant.pay(1, "alice", "shop").is(201).id();
    String stored =
        await()
            .until(
                () ->
                    jdbc.sql("select body from payment_timelines where payment_id = ?")
                        .param(TypeId.require("pay", id))
                        .query(String.class)
                        .optional(),
                Optional::isPresent)
            .orElseThrow();

    assertThat(stored).startsWith("[\"payment\",").doesNotContain("_");
    assertThat(Instant.parse(scope(id, 0).path("opened_at").asText()))
        .isBetween(Instant.now().minusSeconds(60), Instant.now());
  }

  /** As versions before this one wrote it. */
  @Test
  void readsTimelinesOfEarlierVersions() {
    String id = merchant.pay(1, "alice", "shop").is(201).id();
    storeScope(
        id,
        """
            {"name":"payment","opened_at":"2026-01-01T00:00:00.000Z","deadline_ms":9,"result":"ok",\
            "subtasks":[{"name":"fraud","start_ms":0.1,"end_ms":0.2,"result":"cancelled",\
            "breaker":"closed","budget_ms":9}],"forked":1,"joined":1,"survivors":0}""");

    assertThat(scope(id, 0).at("/subtasks/0/result").asText()).isEqualTo("canceled");
  }

  /** Stores an earlier scope of the payment. */
  private void storeScope(String id, String body) {
    jdbc.sql(
            """
            insert into payment_timelines (merchant_id, payment_id, opened_at, body)
            select merchant_id, id, created_at - interval '1' hour, ? from payments where id = ?
            """)
        .param(body)
        .param(TypeId.require("pay", id))
        .update();
  }

  /** The form that is stored now; what comes after this version has to read it, too. */
  @Test
  void readsTimelinesAsTheyAreStored() {
    String id = merchant.pay(1, "alice", "shop").is(201).id();
    storeScope(
        id,
        """
            ["payment",1999,"declined",[["fraud",0.1,0.2,"ok","closed",1856,null],\
            ["ledger",0.3,12.5,"declined","half_open",1890,"insufficient_funds"]],2,1,0]""");

    JsonNode scope = scope(id, 0);
    assertThat(scope.path("name").asText()).isEqualTo("payment");
    assertThat(scope.path("deadline_ms").asInt()).isEqualTo(1999);
    assertThat(scope.path("result").asText()).isEqualTo("declined");
    assertThat(scope.path("forked").asInt()).isEqualTo(2);
    assertThat(scope.path("joined").asInt()).isOne();
    assertThat(scope.path("survivors").asInt()).isZero();
    assertThat(scope.at("/subtasks/0").has("code")).isFalse();
    assertThat(scope.at("/subtasks/1"))
        .hasToString(
            "{\"name\":\"ledger\",\"start_ms\":0.3,\"end_ms\":12.5,\"result\":\"declined\","
                + "\"breaker\":\"half_open\",\"budget_ms\":1890,\"code\":\"insufficient_funds\"}");
  }

  @Test
  void keepsWhatScreeningSaidWhenFundsAreShort() {
    merchant.rules(
        array(
            object(
                "id",
                "odd",
                "kind",
                "amount_limit",
                "action",
                "score",
                "score",
                30,
                "amount",
                1,
                "currency",
                "EUR")));

    // A decline does not wait for screening, which has mostly answered by then.
    JsonNode fraud =
        await()
            .until(
                () -> {
                  Answer declined = merchant.pay(FUNDS + 1, "alice", "shop");
                  declined.isProblem(402, "insufficient_funds");
                  return merchant.find(declined.text("/payment_id")).body().path("fraud");
                },
                JsonNode::isObject);

    assertThat(fraud.path("score").asInt()).isEqualTo(30);
    assertThat(fraud.path("source").asText()).isEqualTo("rules");
  }

  @Test
  void expiresOnlyWhileItCan() {
    String held = merchant.authorize(100, "alice", "shop");
    assertThat(merchant.find(held).text("/expires_at")).matches(TIME);
    merchant.capture(held, "amount", 1, "final", false).is(201);
    assertThat(merchant.find(held).text("/expires_at")).matches(TIME);
    merchant.capture(held).is(201);
    String canceled = merchant.authorize(100, "alice", "shop");
    merchant.cancel(canceled).is(200);
    merchant.rules(array(limit("review")));
    String approved = merchant.pay(2, "alice", "shop").is(202).id();
    String declined = merchant.pay(2, "alice", "shop").is(202).id();
    assertThat(merchant.find(approved).text("/expires_at")).matches(TIME);
    merchant.review(approved, "approve").is(200);
    merchant.review(declined, "decline").is(200);

    assertThat(List.of(held, canceled, approved, declined))
        .allSatisfy(
            id -> assertThat(merchant.find(id).body().path("expires_at").isNull()).isTrue());
    assertThat(merchant.events(canceled).getLast().at("/data/expires_at").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/payments", "/v1/payments/simulate"})
  void takesNoExpiryThatWouldHaveNoEffect(String path) {
    for (ObjectNode order :
        List.of(
            order(1, "alice", "shop"),
            order(1, "alice", "shop").put("capture_method", "automatic"))) {
      Answer refused =
          merchant
              .call("POST", path)
              .randomKey()
              .body(order.put("expires_in_seconds", 60))
              .send()
              .isProblem(400, "invalid_request");

      assertThat(refused.text("/errors/0/param")).isEqualTo("expires_in_seconds");
      assertThat(refused.text("/errors/0/code")).isEqualTo("not_allowed");
    }
    nothingMoved();
  }

  private static ObjectNode limit(String action) {
    return object(
        "id", "limit", "kind", "amount_limit", "action", action, "amount", 1, "currency", "EUR");
  }
}
