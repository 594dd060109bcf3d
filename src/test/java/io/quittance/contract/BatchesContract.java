package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quittance.money.Money;
import io.quittance.testing.Proves;
import io.quittance.web.TypeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Batches of payments: each item with its fate, or all of them in one commit. */
abstract class BatchesContract extends Contract {

  private static final String PATH = "/v1/payment-batches";

  @Autowired private JdbcClient jdbc;

  private static ObjectNode item(long amount, String payer, String payee, String reference) {
    return order(amount, payer, payee).put("reference", reference);
  }

  private static ObjectNode batch(JsonNode... items) {
    return object("payments", array((Object[]) items));
  }

  private static ObjectNode batchOf(int items, IntFunction<JsonNode> item) {
    return batch(IntStream.range(0, items).mapToObj(item).toArray(JsonNode[]::new));
  }

  private Call post(JsonNode body) {
    return merchant.call("POST", PATH).randomKey().body(body);
  }

  private Call resume(String batch) {
    return merchant.call("POST", PATH + "/" + batch + "/resume").randomKey();
  }

  private Answer get(String batch) {
    return counted(merchant.get(PATH + "/" + batch).is(200));
  }

  /** Where nobody has the time to write its end within the deadline, that comes a little later. */
  private Answer atRest(String batch) {
    return await().until(() -> get(batch), answer -> !answer.text("/status").equals("processing"));
  }

  /** The counts sum to the total, and are those of the items. */
  private static Answer counted(Answer answer) {
    JsonNode counts = answer.at("/counts");
    int sum = 0;
    for (Map.Entry<String, JsonNode> count : counts.properties()) {
      sum += count.getKey().equals("total") ? 0 : count.getValue().asInt();
    }
    assertThat(sum).as("counts of %s", answer).isEqualTo(counts.path("total").asInt());
    if (counts.path("total").asInt() <= 1000) {
      Map<String, Integer> found = new HashMap<>();
      answer
          .at("/items")
          .forEach(item -> found.merge(item.path("status").asText(), 1, Integer::sum));
      for (Map.Entry<String, JsonNode> count : counts.properties()) {
        if (!count.getKey().equals("total")) {
          assertThat(found.getOrDefault(count.getKey(), 0))
              .as("%s of %s", count.getKey(), answer)
              .isEqualTo(count.getValue().asInt());
        }
      }
    }
    return answer;
  }

  private static void assertItem(Answer answer, int index, String status, String code) {
    JsonNode item = answer.at("/items/" + index);
    assertThat(item.path("index").asInt()).isEqualTo(index);
    assertThat(item.path("status").asText()).as("item %d of %s", index, answer).isEqualTo(status);
    assertThat(item.path("code").asText()).as("item %d of %s", index, answer).isEqualTo(code);
  }

  private List<JsonNode> endings(String batch) {
    return await()
        .until(
            () -> {
              var found = new java.util.ArrayList<JsonNode>();
              for (JsonNode event :
                  merchant.get("/v1/events?type=payment_batch.ended").is(200).at("/data")) {
                if (event.at("/data/id").asText().equals(batch)) {
                  found.addFirst(event);
                }
              }
              return found;
            },
            found -> !found.isEmpty());
  }

  @Test
  void tellsTheFateOfEachItem() {
    String other = merchant.pay(item(1, "alice", "shop", "taken")).is(201).id();
    merchant.open("poor");
    merchant.rules(
        array(
            object(
                "id",
                "much",
                "kind",
                "amount_limit",
                "action",
                "review",
                "amount",
                900,
                "currency",
                "EUR")));

    Answer answer =
        counted(
            post(batch(
                    item(10, "alice", "shop", "fine"),
                    item(10, "poor", "shop", "poor"),
                    item(10, "nobody", "shop", "nobody"),
                    item(10, "alice", "shop", "taken"),
                    item(20, "alice", "shop", "held").put("capture_method", "manual"),
                    item(1000, "alice", "shop", "much"),
                    item(10, "shop", "shop", "same")))
                .send()
                .is(201));

    assertItem(answer, 0, "succeeded", "");
    assertItem(answer, 1, "declined", "insufficient_funds");
    assertItem(answer, 2, "failed", "account_not_found");
    assertItem(answer, 3, "failed", "duplicate_reference");
    assertItem(answer, 4, "authorized", "");
    assertItem(answer, 5, "in_review", "");
    assertItem(answer, 6, "failed", "same_account");
    assertThat(answer.text("/status")).isEqualTo("partial");
    assertThat(answer.text("/items/3/detail")).contains(other);
    assertThat(answer.at("/items/2/payment_id").isNull()).isTrue();
    assertThat(Json.texts(answer.at("/items"), "outcome"))
        .containsExactly("applied", "none", "none", "none", "applied", "applied", "none");
    assertThat(merchant.balance("shop", "posted")).isEqualTo(11);
    assertThat(merchant.balance("alice", "pending_out")).isEqualTo(1020);
    for (JsonNode item : answer.at("/items")) {
      if (!item.path("payment_id").isNull()) {
        Answer payment = merchant.find(item.path("payment_id").asText());
        assertThat(payment.text("/batch_id")).isEqualTo(answer.id());
        assertThat(payment.text("/status")).isEqualTo(item.path("status").asText());
      }
    }
    assertThat(merchant.get("/v1/payments?batch_id=" + answer.id()).is(200).at("/data")).hasSize(4);
    List<JsonNode> ended = endings(answer.id());
    assertThat(ended).hasSize(1);
    assertThat(ended.getFirst().at("/data/status").asText()).isEqualTo("partial");
    assertThat(ended.getFirst().at("/data/counts")).isEqualTo(answer.at("/counts"));
  }

  @Test
  void keepsTheStatusOfItsRunWhateverBecomesOfThePayments() {
    Answer answer =
        post(batch(item(20, "alice", "shop", "held").put("capture_method", "manual"))).send();

    merchant.cancel(answer.is(201).text("/items/0/payment_id")).is(200);

    assertItem(get(answer.id()), 0, "authorized", "");
    assertThat(get(answer.id()).text("/status")).isEqualTo("completed");
  }

  @Test
  void isMadeOnceUnderItsKey() {
    Call call = post(batch(item(10, "alice", "shop", "one"), item(10, "alice", "shop", "two")));

    List<Answer> answers = Burst.of(4, _ -> call.send());
    Answer again = call.send().is(201);

    assertThat(again.header("Idempotent-Replayed")).contains("true");
    assertThat(answers).extracting(Answer::status).containsAnyOf(201).isSubsetOf(201, 409);
    assertThat(answers)
        .filteredOn(answer -> answer.status() == 201)
        .allSatisfy(answer -> assertThat(answer.id()).isEqualTo(again.id()));
    moved(20);
    assertThat(merchant.get(PATH).is(200).at("/data")).hasSize(1);
    call.body(batch(item(11, "alice", "shop", "one")));
    call.send().isProblem(422, "idempotency_key_reused");
  }

  @Test
  void namesEachWrongFieldByItsPathAndStartsNothing() {
    ObjectNode good = item(1, "alice", "shop", "good");
    Answer several =
        post(batch(good, item(0, "alice", "shop", "bad"), order(1, "alice", "UPPER")))
            .send()
            .isProblem(400, "invalid_request");
    assertThat(Json.texts(several.at("/errors"), "param"))
        .containsExactly("payments[1].amount", "payments[2].payee", "payments[2].reference");
    post(batch(good, good)).send().isRefused("payments[1].reference", "repeated");
    post(batch(good, item(1, "alice", "shop", "x").put("amuont", 1)))
        .send()
        .isRefused("payments[1].amuont", "unknown_field");
    post(object("payments", array(good, null))).send().isRefused("payments[1]", "required");
    post(batch(item(1, "alice", "shop", "x").put("amount", "1")))
        .send()
        .isRefused("payments[0].amount", "wrong_type");
    post(batch(item(1, "alice", "shop", "x").put("expires_in_seconds", 60)))
        .send()
        .isRefused("payments[0].expires_in_seconds", "not_allowed");
    post(batch()).send().isRefused("payments", "out_of_range");
    post(batchOf(1001, i -> item(1, "alice", "shop", "r" + i)))
        .send()
        .isRefused("payments", "out_of_range");
    post(batchOf(501, i -> item(1, "alice", "shop", "r" + i)).put("mode", "atomic"))
        .send()
        .isRefused("payments", "out_of_range");
    post(batch(good).put("mode", "atomic").put("on_failure", "stop"))
        .send()
        .isRefused("on_failure", "not_allowed");
    post(batch(item(1, "alice", "shop", "x").put("capture_method", "manual")).put("mode", "atomic"))
        .send()
        .isRefused("payments[0].capture_method", "not_allowed");
    post(batch(good)).without("Idempotency-Key").send().isProblem(400, "idempotency_key_required");
    post(batch(good)).deadline(120_001).send().isProblem(400, "invalid_deadline");
    post(batch(good)).deadline(49).send().isProblem(400, "invalid_deadline");
    assertThat(merchant.get(PATH).is(200).at("/data")).isEmpty();
    nothingMoved();
  }

  /** More items than are under way at once, and a screening that hangs. */
  @Test
  @Proves("a batch's deadline passes")
  void tellsWhatItsDeadlineLeftAndResumesJustThat() {
    ObjectNode body = batchOf(900, i -> item(1, "alice", "shop", "late-" + i));
    merchant.fault("fraud", "hang", true);

    Answer late = atRest(counted(post(body).deadline(500).send().is(201)).id());

    assertThat(late.text("/status")).isEqualTo("failed");
    assertThat(late.number("/counts/not_started")).isPositive();
    assertThat(late.number("/counts/failed") + late.number("/counts/not_started")).isEqualTo(900);
    nothingMoved();
    heal();

    long failed = late.number("/counts/failed");
    Call call = resume(late.id());
    Answer resumed = counted(call.send().is(200));

    assertThat(resumed.number("/counts/succeeded")).isEqualTo(900 - failed);
    assertThat(resumed.number("/counts/failed")).isEqualTo(failed);
    assertThat(resumed.text("/status")).isEqualTo(failed == 0 ? "completed" : "partial");
    moved(900 - failed);
    assertThat(call.send().is(200).header("Idempotent-Replayed")).contains("true");
    assertThat(resume(late.id()).send().is(200).at("/counts")).isEqualTo(resumed.at("/counts"));
    assertThat(endings(late.id())).hasSize(2);
    moved(900 - failed);
  }

  /** It is told as a passed deadline is, and not as a batch that may have been made. */
  @Test
  @Proves("a batch's deadline passes")
  void isMadeWithNothingBegunIfItsDeadlineHasPassedBefore() {
    Call call = post(batchOf(3, i -> item(1, "alice", "shop", "short-" + i))).deadline(50);
    merchant.fault("ledger", "latency_ms", 200);

    Answer late = counted(call.send().is(201));

    assertThat(late.text("/status")).isEqualTo("failed");
    assertThat(late.number("/counts/not_started")).isEqualTo(3);
    nothingMoved();
    assertThat(call.send().is(201).header("Idempotent-Replayed")).contains("true");
    Answer again = counted(resume(late.id()).deadline(50).send().is(200));
    assertThat(again.number("/counts/not_started")).isEqualTo(3);
    heal();
    assertThat(resume(late.id()).send().is(200).text("/status")).isEqualTo("completed");
    moved(3);
  }

  @Test
  void isAcceptedWithNothingBegunIfItsDeadlineInTheBackgroundHasPassedBefore() {
    Call call =
        post(batchOf(3, i -> item(1, "alice", "shop", "short-" + i)))
            .header("Prefer", "respond-async")
            .deadline(50);
    merchant.fault("ledger", "latency_ms", 200);

    Answer ended = atRest(call.send().is(202).id());

    assertThat(ended.text("/status")).isEqualTo("failed");
    assertThat(ended.number("/counts/not_started")).isEqualTo(3);
    nothingMoved();
    assertThat(call.send().is(202).header("Idempotent-Replayed")).contains("true");
    heal();
    assertThat(resume(ended.id()).send().is(200).text("/status")).isEqualTo("completed");
    moved(3);
  }

  /** As one that a newer version has stored, before it was rolled back. */
  @Test
  void carriesOutTheOthersIfAnItemCannotBeRead() {
    merchant.fault("ledger", "latency_ms", 200);
    String id =
        post(batchOf(4, i -> item(1, "alice", "shop", "newer-" + i)))
            .deadline(50)
            .send()
            .is(201)
            .id();
    heal();
    assertThat(
            jdbc.sql(
                    """
                    update payment_batch_items set body = '{"of_a_newer_version":1}'
                     where batch_id = ? and position = 1 and status = 'not_started'
                    """)
                .param(TypeId.require("bat", id))
                .update())
        .isOne();

    resume(id).send().is(200);

    Answer rest = atRest(id);
    assertThat(Json.texts(rest.at("/items"), "status"))
        .containsExactly("succeeded", "not_started", "succeeded", "succeeded");
    moved(3);
    resume(id).send().is(200);
    assertThat(atRest(id).number("/counts/not_started")).isOne();
    moved(3);
  }

  /** A replica has died, and what its items came to has to be found out. */
  @Test
  void concludesTheOthersWhileAPaymentCannotBeRead() {
    Answer made =
        post(batch(item(1, "alice", "shop", "read"), item(1, "alice", "shop", "unread")))
            .send()
            .is(201);
    UUID id = TypeId.require("bat", made.id());
    UUID unread = TypeId.require("pay", made.text("/items/1/payment_id"));
    setCaptureMethod(unread, "newer");
    jdbc.sql("update payment_batch_items set status = 'unknown' where batch_id = ?")
        .param(id)
        .update();
    jdbc.sql(
            """
            update payment_batches
               set status = 'processing', completed_at = null, succeeded_items = 0, unknown_items = 2,
                   lease_until = current_timestamp - interval '1' second
             where id = ?
            """)
        .param(id)
        .update();

    await().untilAsserted(() -> assertThat(statuses(id)).containsExactly("succeeded", "unknown"));
    setCaptureMethod(unread, "automatic");

    Answer rest = atRest(made.id());
    assertThat(rest.text("/status")).isEqualTo("completed");
    assertThat(Json.texts(rest.at("/items"), "payment_id"))
        .isEqualTo(Json.texts(made.at("/items"), "payment_id"));
    moved(2);
  }

  private void setCaptureMethod(UUID payment, String method) {
    assertThat(
            jdbc.sql("update payments set capture_method = ? where id = ?")
                .params(method, payment)
                .update())
        .isOne();
  }

  private List<String> statuses(UUID batch) {
    return jdbc.sql("select status from payment_batch_items where batch_id = ? order by position")
        .param(batch)
        .query(String.class)
        .list();
  }

  @Test
  @Proves("the operator has disabled")
  void beginsNoMoreForAMerchantThatIsDisabled() {
    ObjectNode body = batchOf(2_000, i -> item(1, "alice", "shop", "disabled-" + i));
    merchant.fault("ledger", "latency_ms", 50);
    String id = post(body).header("Prefer", "respond-async").send().is(202).id();
    await().until(() -> get(id).number("/counts/succeeded") > 0);

    String merchantId = merchant.merchantId();
    enable(merchantId, false);
    UUID key = TypeId.require("bat", id);
    await()
        .until(
            () ->
                !jdbc.sql("select status from payment_batches where id = ?")
                    .param(key)
                    .query(String.class)
                    .single()
                    .equals("processing"));
    enable(merchantId, true);

    heal();
    Answer rest = get(id);
    assertThat(rest.text("/status")).isEqualTo("partial");
    assertThat(rest.number("/counts/not_started")).isPositive();
    assertThat(rest.number("/counts/failed")).isZero();
    moved(rest.number("/counts/succeeded"));
    resume(id).deadline(60_000).send().is(200);
    moved(2_000);
  }

  /** What is marked looks as if it were under way, to readers and after a crash. */
  @Test
  void marksFewItemsMoreThanMayBeginBesideOthers() {
    Client other = newMerchant();
    merchant.fault("ledger", "latency_ms", 100);
    String id =
        post(batchOf(300, i -> item(1, "alice", "shop", "marked-" + i)))
            .header("Prefer", "respond-async")
            .send()
            .is(202)
            .id();

    for (int i = 0; i < 15; i++) {
      other.pay(1, "alice", "shop").is(201);
      assertThat(get(id).number("/counts/processing")).isLessThanOrEqualTo(45);
    }

    heal();
    assertThat(atRest(id).text("/status")).isEqualTo("completed");
    moved(300);
  }

  private void enable(String merchantId, boolean enabled) {
    operator.patch("/v1/merchants/" + merchantId, object("enabled", enabled)).is(200);
    // Replicas remember for a second what a merchant may do.
    await().until(() -> (merchant.get("/v1/payments?limit=1").status() == 200) == enabled);
  }

  /** The first items are still under way at the deadline, and keep the others from beginning. */
  @Test
  @Proves("a batch's deadline passes")
  void leavesWhatItsDeadlineKeptFromBeginningNotStarted() {
    ObjectNode body = batchOf(100, i -> item(1, "alice", "shop", "kept-" + i));
    merchant.fault("ledger", "latency_ms", 1_500);

    Answer late = counted(post(body).deadline(2_900).send().is(201));

    assertThat(late.number("/counts/processing")).as(late.toString()).isZero();
    Answer rest = atRest(late.id());
    assertThat(Json.texts(rest.at("/items"), "code")).doesNotContain("internal_error");
    assertThat(rest.number("/counts/failed")).isEqualTo(4);
    assertThat(rest.number("/counts/not_started")).isEqualTo(96);
    nothingMoved();
    heal();
    assertThat(counted(resume(rest.id()).send().is(200)).number("/counts/succeeded")).isEqualTo(96);
    moved(96);
  }

  @Test
  void beginsNothingAfterAFailureIfItIsToStop() {
    ObjectNode body = batchOf(900, i -> item(1, i == 10 ? "nobody" : "alice", "shop", "stop-" + i));

    Answer stopped = counted(post(body.put("on_failure", "stop")).send().is(201));

    assertItem(stopped, 10, "failed", "account_not_found");
    assertThat(stopped.number("/counts/not_started")).as(stopped.toString()).isPositive();
    assertThat(stopped.number("/counts/succeeded")).isGreaterThanOrEqualTo(10);
    moved(stopped.number("/counts/succeeded"));

    Answer resumed = counted(resume(stopped.id()).send().is(200));

    assertThat(resumed.number("/counts/succeeded")).isEqualTo(899);
    moved(899);
  }

  /** Its deadline is ten minutes away. */
  @Test
  void comesToRestAtOnceIfItStopsAtItsFirstItem() {
    ObjectNode body = batchOf(100, i -> item(1, i < 4 ? "nobody" : "alice", "shop", "halt-" + i));
    Answer answer =
        post(body.put("on_failure", "stop")).header("Prefer", "respond-async").send().is(202);

    await().until(() -> get(answer.id()).text("/status").equals("failed"));

    assertThat(get(answer.id()).number("/counts/not_started")).isGreaterThanOrEqualTo(96);
    moved(0);
  }

  @Test
  void paysAllItemsOfAnAtomicBatchInTheirOrder() {
    merchant.open("bob");
    Call call =
        post(
            batch(item(100, "alice", "bob", "in"), item(60, "bob", "shop", "out"))
                .put("mode", "atomic"));

    Answer answer = counted(call.send().is(201));

    assertThat(answer.text("/status")).isEqualTo("completed");
    assertThat(merchant.balance("bob", "posted")).isEqualTo(40);
    assertThat(merchant.balance("shop", "posted")).isEqualTo(60);
    assertThat(call.send().is(201).id()).isEqualTo(answer.id());
    assertThat(merchant.find(answer.text("/items/1/payment_id")).text("/batch_id"))
        .isEqualTo(answer.id());
    assertThat(endings(answer.id())).hasSize(1);
  }

  @Test
  void refusesAnAtomicBatchWithTheReasonOfEachItem() {
    merchant.open("bob");
    merchant.open("frozen");
    merchant.patch("/v1/accounts/frozen", object("status", "frozen")).is(200);
    merchant.open("closed");
    merchant.patch("/v1/accounts/closed", object("status", "closed")).is(200);
    merchant.put("/v1/accounts/dollars", object("currency", "USD")).is(201);
    merchant.rules(array(rule("much", "review", 900), rule("too-much", "decline", 1900)));
    Call call =
        post(
            batch(
                    item(100, "alice", "bob", "in"),
                    item(101, "bob", "shop", "too-much"),
                    item(50, "bob", "shop", "enough"),
                    item(1000, "alice", "shop", "review"),
                    item(1, "alice", "nobody", "nobody"),
                    item(1, "alice", "frozen", "frozen"),
                    item(1, "alice", "closed", "closed"),
                    item(1, "alice", "dollars", "dollars"),
                    item(1, "alice", "alice", "alice"),
                    item(2000, "alice", "shop", "much"))
                .put("mode", "atomic"));

    Answer refused = call.send().isProblem(422, "batch_refused").movedNothing();

    assertItem(refused, 0, "not_started", "");
    assertItem(refused, 1, "declined", "insufficient_funds");
    assertItem(refused, 2, "not_started", "");
    assertItem(refused, 3, "failed", "review_required");
    assertItem(refused, 4, "failed", "account_not_found");
    assertItem(refused, 5, "failed", "account_frozen");
    assertItem(refused, 6, "failed", "account_closed");
    assertItem(refused, 7, "failed", "currency_mismatch");
    assertItem(refused, 8, "failed", "same_account");
    assertItem(refused, 9, "declined", "fraud_declined");
    assertThat(Json.texts(refused.at("/items"), "payment_id")).containsOnly("null");
    nothingMoved();
    assertThat(merchant.get(PATH).is(200).at("/data")).isEmpty();
    assertThat(merchant.get("/v1/payments").is(200).at("/data")).isEmpty();
    Answer again = call.send().isProblem(422, "batch_refused");
    assertThat(again.header("Idempotent-Replayed")).contains("true");
    assertThat(again.at("/items")).isEqualTo(refused.at("/items"));
  }

  @Test
  void movesNothingWhenAnAtomicBatchCannotBeScreened() {
    Call call =
        post(batchOf(100, i -> item(1, "alice", "shop", "s" + i)).put("mode", "atomic"))
            .deadline(300);
    merchant.fault("fraud", "hang", true);

    assertThat(call.send().movedNothing().status()).isIn(503, 504);
    nothingMoved();
    heal();

    call.deadline(10_000).send().is(201);
    moved(100);
  }

  /** Each locks what the other one needs, in the opposite order. */
  @Test
  void paysOppositeAtomicBatchesSideBySide() {
    for (int i = 0; i < 20; i++) {
      merchant.open("p" + i);
      merchant.transfer(Client.move(100, "world", "p" + i)).send().is(201);
    }

    List<Answer> answers =
        Burst.of(
            8,
            n ->
                post(batchOf(
                            19,
                            i -> {
                              int place = n % 2 == 0 ? i : 18 - i;
                              return n % 2 == 0
                                  ? item(1, "p" + place, "p" + (place + 1), n + "-" + i)
                                  : item(1, "p" + (place + 1), "p" + place, n + "-" + i);
                            })
                        .put("mode", "atomic"))
                    .send());

    assertThat(answers).extracting(Answer::status).containsOnly(201);
    for (int i = 0; i < 20; i++) {
      assertThat(merchant.balance("p" + i, "posted")).isEqualTo(100);
    }
  }

  @Test
  void goesOnWithoutItsCaller() {
    Call call =
        post(batchOf(1100, i -> item(1, i % 100 == 7 ? "nobody" : "alice", "shop", "b" + i)))
            .header("Prefer", "respond-async");

    Answer accepted = call.send().is(202);
    String id = accepted.id();

    assertThat(accepted.header("Location")).contains(PATH + "/" + id);
    assertThat(accepted.number("/deadline/granted_ms")).isEqualTo(600_000);
    Answer done =
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> get(id), answer -> !answer.text("/status").equals("processing"));
    assertThat(done.text("/status")).isEqualTo("partial");
    assertThat(done.number("/counts/succeeded")).isEqualTo(1089);
    assertThat(done.number("/counts/failed")).isEqualTo(11);
    assertThat(done.at("/items")).hasSize(1000);
    moved(1089);
    Answer again = call.send().is(202);
    assertThat(again.header("Idempotent-Replayed")).contains("true");
    assertThat(again.text("/status")).isEqualTo("partial");
    Answer failed = merchant.get(PATH + "/" + id + "/items?status=failed&limit=10").is(200);
    assertThat(Json.texts(failed.at("/data"), "index"))
        .containsExactly("7", "107", "207", "307", "407", "507", "607", "707", "807", "907");
    Answer rest =
        merchant
            .get(PATH + "/" + id + "/items?status=failed&cursor=" + failed.text("/next_cursor"))
            .is(200);
    assertThat(Json.texts(rest.at("/data"), "index")).containsExactly("1007");
    assertThat(endings(id)).hasSize(1);
  }

  /** It is answered once it is stored, however long the batch may go on then. */
  @Test
  void hasARequestInTheBackgroundRepeatedSoon() {
    Call call = post(batch(item(1, "alice", "shop", "soon"))).header("Prefer", "respond-async");
    merchant.fault("ledger", "latency_ms", 800);

    List<Answer> answers = Burst.of(4, _ -> call.send());

    assertThat(answers).extracting(Answer::status).contains(202);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 202)
        .isNotEmpty()
        .allSatisfy(
            answer -> {
              answer.isProblem(409, "idempotency_in_progress");
              assertThat(answer.header("Retry-After").map(Integer::valueOf).orElseThrow())
                  .isBetween(1, 2);
            });
    heal();
    atRest(call.send().is(202).id());
    moved(1);
  }

  /** Each request keeps the status of its answer, whatever later ones do with the batch. */
  @Test
  void repeatsEachAnswerWithItsOwnStatus() {
    ObjectNode body =
        batchOf(900, i -> item(1, i == 10 ? "nobody" : "alice", "shop", "own-" + i))
            .put("on_failure", "stop");
    Call made = post(body).header("Prefer", "respond-async");
    String id = made.send().is(202).id();
    // At most what is under way at once begins before the eleventh is known to have failed.
    assertThat(atRest(id).number("/counts/not_started")).isGreaterThan(450);
    Call resumed = resume(id);
    assertThat(resumed.send().is(200).number("/counts/not_started")).isZero();

    assertThat(made.send().is(202).header("Location")).contains(PATH + "/" + id);
    Call again = resumed.header("Prefer", "respond-async");
    assertThat(again.send().is(200).header("Idempotent-Replayed")).contains("true");
    moved(899);
  }

  /**
   * The fate of the first run is one thing, and that of a later one another, which may be under way
   * for as long as screening hangs and its breaker is closed.
   */
  @Test
  void repeatsAnAnswerWhileALaterRunIsUnderWay() {
    ObjectNode body =
        batchOf(900, i -> item(1, i == 10 ? "nobody" : "alice", "shop", "later-" + i))
            .put("on_failure", "stop");
    Call made = post(body);
    Answer stopped = made.send().is(201);
    merchant.fault("fraud", "hang", true);
    Call resumed = resume(stopped.id()).header("Prefer", "respond-async");
    resumed.send().is(202);

    assertThat(made.send().is(201).header("Idempotent-Replayed")).contains("true");
    assertThat(resumed.send().is(202).header("Idempotent-Replayed")).contains("true");
    heal();
    atRest(stopped.id());
  }

  @Test
  void keepsRefusingUnderItsKeyToResumeWhatWasProcessing() {
    ObjectNode body =
        batchOf(900, i -> item(1, i == 10 ? "nobody" : "alice", "shop", "early-" + i))
            .put("on_failure", "stop");
    String id = post(body).send().is(201).id();
    merchant.fault("fraud", "hang", true);
    resume(id).header("Prefer", "respond-async").send().is(202);
    Call early = resume(id);

    Answer first = early.send().isProblem(409, "invalid_state").movedNothing();
    heal();
    JsonNode counts = atRest(id).at("/counts");
    Answer again = early.send().isProblem(409, "invalid_state").movedNothing();

    assertThat(first.header("Idempotent-Replayed")).isEmpty();
    assertThat(again.header("Idempotent-Replayed")).contains("true");
    assertThat(again.text("/detail")).isEqualTo(first.text("/detail"));
    assertThat(get(id).at("/counts")).isEqualTo(counts);
    assertThat(endings(id)).hasSize(2);
  }

  /** The service takes longer than the caller waits, and less than it would wait itself. */
  @Test
  @Proves("the ledger is slow or hangs")
  void beginsAndResumesNothingOnceTheDeadlineHasPassed() {
    String id = post(batch(item(1, "alice", "shop", "first"))).send().is(201).id();
    Call late = post(batch(item(1, "alice", "shop", "late"))).deadline(500);
    merchant.fault("ledger", "latency_ms", 1_000);

    late.send().isProblem(504, "deadline_exceeded").movedNothing();
    resume(id).deadline(500).send().isProblem(504, "deadline_exceeded").movedNothing();

    heal();
    assertThat(merchant.get(PATH).is(200).at("/data")).hasSize(1);
    assertThat(late.deadline(10_000).send().is(201).header("Idempotent-Replayed")).isEmpty();
    moved(2);
  }

  /** It is not the deadline that has passed. */
  @Test
  @Proves("the ledger is slow or hangs")
  void refusesABatchThatCannotBeStoredInTimeForAFarDeadline() {
    List<Call> calls =
        List.of(
            post(batch(item(1, "alice", "shop", "waited-for"))).deadline(30_000),
            post(batch(item(1, "alice", "shop", "behind"))).header("Prefer", "respond-async"));
    merchant.fault("ledger", "hang", true);

    assertThat(Burst.of(2, i -> calls.get(i).send()))
        .allSatisfy(answer -> answer.isProblem(503, "overloaded").movedNothing());

    heal();
    assertThat(merchant.get(PATH).is(200).at("/data")).isEmpty();
    calls.getFirst().send().is(201);
    moved(1);
  }

  /** Who holds its row keeps those waiting who want to resume it, and nobody else. */
  @Test
  @Proves("another transaction holds a batch's row")
  void resumesNothingWhileAnotherTransactionHoldsTheBatch() {
    String id = post(batch(item(1, "alice", "shop", "locked"))).send().is(201).id();
    Call late = resume(id);
    heal();

    whileHolding(
        "select 1 from payment_batches where merchant_id = '%s' and id = '%s' for update"
            .formatted(TypeId.require("mch", merchant.merchantId()), TypeId.require("bat", id)),
        () -> {
          List<Answer> answers = Burst.of(12, i -> i == 0 ? late.send() : resume(id).send());

          assertThat(answers)
              .allSatisfy(answer -> answer.isProblem(503, "overloaded").movedNothing());
          // The database was well, and its breaker is closed.
          merchant.pay(1, "alice", "shop").is(201);
        });

    assertThat(late.send().is(200).header("Idempotent-Replayed")).isEmpty();
    moved(2);
  }

  @Test
  void resumesOnceUnderOneKey() {
    ObjectNode body =
        batchOf(900, i -> item(1, i == 10 ? "nobody" : "alice", "shop", "once-" + i))
            .put("on_failure", "stop");
    String id = post(body).send().is(201).id();
    Call call = resume(id);

    List<Answer> answers = IntStream.range(0, 6).parallel().mapToObj(_ -> call.send()).toList();

    assertThat(answers)
        .allSatisfy(
            answer -> {
              if (answer.status() != 200) {
                answer.isProblem(409, "idempotency_in_progress");
              }
            })
        .anySatisfy(answer -> answer.is(200));
    moved(899);
    assertThat(endings(id)).hasSize(2);
  }

  @Test
  void hidesBatchesFromOtherMerchants() {
    String id = post(batch(item(1, "alice", "shop", "mine"))).send().is(201).id();
    Client stranger = newMerchant();

    stranger.get(PATH + "/" + id).isProblem(404, "not_found");
    stranger.get(PATH + "/" + id + "/items").isProblem(404, "not_found");
    stranger.call("POST", PATH + "/" + id + "/resume").randomKey().send().is(404);
    assertThat(stranger.get(PATH).is(200).at("/data")).isEmpty();
    assertThat(stranger.get("/v1/payments?batch_id=" + id).is(200).at("/data")).isEmpty();
  }

  @Test
  void takesABodyOfEightMegabytesAndNoMore() {
    String text = "x".repeat(500);
    ObjectNode metadata = object();
    for (int i = 0; i < 15; i++) {
      metadata.put("k" + i, text);
    }
    ObjectNode large =
        batchOf(
            1000, i -> item(1, "alice", "shop", "large-" + i).set("metadata", metadata.deepCopy()));

    assertThat(large.toString().length()).isBetween(7_500_000, 8_000_000);
    counted(post(large).send().is(201));
    moved(1000);
    for (int i = 15; i < 18; i++) {
      metadata.put("k" + i, text);
    }
    post(batchOf(1000, i -> item(1, "alice", "shop", "m" + i).set("metadata", metadata)))
        .send()
        .isProblem(413, "request_too_large");
  }

  /** Of each kind of fault that an item can meet by itself, and a screening that fails at times. */
  @Test
  void addsUpWithEveryKindOfFaultAmongAThousand() {
    merchant.open("poor");
    merchant.open("frozen");
    merchant.put("/v1/accounts/dollars", object("currency", "USD")).is(201);
    merchant.patch("/v1/accounts/frozen", object("status", "frozen")).is(200);
    merchant.open("closed");
    merchant.patch("/v1/accounts/closed", object("status", "closed")).is(200);
    merchant.put("/v1/accounts/elsewhere", object("currency", "EUR", "kind", "external")).is(201);
    merchant.open("full");
    merchant.transfer(move(Money.MAX_AMOUNT, "elsewhere", "full")).send().is(201);
    merchant.pay(item(1, "alice", "shop", "taken")).is(201);
    merchant.rules(array(rule("much", "review", 90), rule("too-much", "decline", 190)));
    merchant.fault("fraud", "error_rate", 0.05);
    ObjectNode body =
        batchOf(
            1000,
            i ->
                switch (i % 20) {
                  case 3 -> item(1, "poor", "shop", "k-" + i);
                  case 4 -> item(1, "nobody", "shop", "k-" + i);
                  case 5 -> item(1, "alice", "frozen", "k-" + i);
                  case 6 -> item(1, "alice", "alice", "k-" + i);
                  case 7 -> item(1, "alice", "dollars", "k-" + i);
                  case 8 -> item(100, "alice", "shop", "k-" + i);
                  case 9 -> item(200, "alice", "shop", "k-" + i);
                  case 10 -> item(2, "alice", "shop", "k-" + i).put("capture_method", "manual");
                  case 12 -> item(1, "alice", "closed", "k-" + i);
                  case 13 -> item(1, "alice", "full", "k-" + i);
                  default -> item(3, "alice", "shop", i == 11 ? "taken" : "k-" + i);
                });

    Answer answer = atRest(counted(post(body).deadline(60_000).send().is(201)).id());

    heal();
    Map<String, Long> sums = new HashMap<>();
    for (JsonNode told : answer.at("/items")) {
      long amount = body.at("/payments/" + told.path("index").asInt() + "/amount").asLong();
      sums.merge(told.path("status").asText(), amount, Long::sum);
      sums.merge(told.path("code").asText(), 1L, Long::sum);
    }
    assertThat(sums)
        .containsKeys(
            "succeeded",
            "authorized",
            "in_review",
            "insufficient_funds",
            "account_not_found",
            "account_frozen",
            "account_closed",
            "balance_out_of_range",
            "fraud_declined",
            "same_account",
            "currency_mismatch",
            "duplicate_reference",
            "dependency_unavailable");
    long held = sums.get("authorized") + sums.get("in_review");
    assertThat(merchant.balance("shop", "posted")).isEqualTo(sums.get("succeeded") + 1);
    assertThat(merchant.balance("alice", "pending_out")).isEqualTo(held);
    assertThat(merchant.balance("alice", "posted")).isEqualTo(FUNDS - sums.get("succeeded") - 1);
    assertThat(answer.number("/counts/not_started")).isZero();
  }

  private static ObjectNode rule(String id, String action, long amount) {
    return object(
        "id", id, "kind", "amount_limit", "action", action, "amount", amount, "currency", "EUR");
  }

  /** Whatever the items are, what they say adds up to what has moved. */
  @Test
  void addsUp() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    String[] accounts = {"a", "b", "c", "nobody"};
    Map<String, Long> sums = new HashMap<>();
    for (String account : List.of("a", "b", "c")) {
      merchant.open(account, 500);
      sums.put(account, 500L);
    }
    for (int round = 0; round < 6; round++) {
      ArrayNode items = array();
      int size = 1 + random.nextInt(120);
      for (int i = 0; i < size; i++) {
        items.add(
            item(
                1 + random.nextInt(60),
                accounts[random.nextInt(4)],
                accounts[random.nextInt(4)],
                round + "-" + i));
      }
      ObjectNode body = object("payments", items);
      if (random.nextInt(3) == 0) {
        body.put("mode", "atomic");
      } else if (random.nextBoolean()) {
        body.put("on_failure", "stop");
      }
      Answer answer = post(body).send();
      if (answer.status() == 201) {
        counted(answer);
        for (JsonNode told : answer.at("/items")) {
          if (told.path("status").asText().equals("succeeded")) {
            JsonNode asked = items.get(told.path("index").asInt());
            sums.merge(asked.path("payer").asText(), -asked.path("amount").asLong(), Long::sum);
            sums.merge(asked.path("payee").asText(), asked.path("amount").asLong(), Long::sum);
          }
        }
      } else {
        answer.isProblem(422, "batch_refused");
      }
      sums.forEach(
          (account, sum) ->
              assertThat(merchant.balance(account, "available"))
                  .as("%s with seed %d", account, seed)
                  .isEqualTo(sum));
    }
  }
}
