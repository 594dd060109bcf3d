package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.web.TypeId;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Transfers are listed, and given back, and never more of them than was moved. */
abstract class TransfersContract extends Contract {

  @Autowired private JdbcClient jdbc;

  @Test
  void reversesAllThatIsLeft() {
    String id = transfer(100, "alice", "shop", "deposit-9");

    Answer reversal = reverse(id, "reason", "paid in twice").is(201);

    assertThat(reversal.id()).startsWith("trf_").isNotEqualTo(id);
    assertThat(reversal.text("/reverses")).isEqualTo(id);
    assertThat(reversal.text("/reason")).isEqualTo("paid in twice");
    assertThat(reversal.text("/reference")).isEqualTo("deposit-9");
    assertThat(reversal.text("/state")).isEqualTo("posted");
    assertThat(reversal.text("/from")).isEqualTo("shop");
    assertThat(reversal.text("/to")).isEqualTo("alice");
    assertThat(reversal.number("/amount")).isEqualTo(100);
    assertThat(merchant.get("/v1/transfers/" + reversal.id()).is(200).body())
        .isEqualTo(reversal.body());
    assertThat(merchant.get("/v1/transfers/" + id).body().path("reverses").isNull()).isTrue();
    nothingMoved();
    Answer again = reverse(id).isProblem(422, "amount_exceeds_reversible").movedNothing();
    assertThat(again.text("/detail")).contains("reversed entirely");
  }

  @Test
  void reversesPartByPartAndNeverMoreThanWasMoved() {
    String id = transfer(100, "alice", "shop", null);

    reverse(id, "amount", 101).isProblem(422, "amount_exceeds_reversible").movedNothing();
    reverse(id, "amount", 60).is(201);
    assertThat(
            reverse(id, "amount", 41).isProblem(422, "amount_exceeds_reversible").text("/detail"))
        .contains("40");
    assertThat(reverse(id).is(201).number("/amount")).isEqualTo(40);
    reverse(id, "amount", 1).isProblem(422, "amount_exceeds_reversible");
    nothingMoved();
  }

  @Test
  void repeatsAReversalUnderItsKeyOnlyOnce() {
    String id = transfer(100, "alice", "shop", null);
    Call reversal = call(id, "amount", 30);

    Answer first = reversal.send().is(201);
    Answer again = reversal.send().is(201);

    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Idempotent-Replayed")).contains("true");
    reversal.body(object("amount", 31)).send().isProblem(422, "idempotency_key_reused");
    call(id).without("Idempotency-Key").send().isProblem(400, "idempotency_key_required");
    moved(70);
  }

  @Test
  void reversesInAThousandPartsAtMostTheLastOfWhichIsAllThatIsLeft() throws Exception {
    String id = transfer(1001, "alice", "shop", null);
    var parts = new ArrayList<Callable<Integer>>();
    for (int i = 0; i < 999; i++) {
      parts.add(() -> reverse(id, "amount", 1).status());
    }
    try (var threads = Executors.newFixedThreadPool(32)) {
      for (var part : threads.invokeAll(parts)) {
        assertThat(part.get()).isEqualTo(201);
      }
    }

    Answer refused = reverse(id, "amount", 1).isProblem(409, "invalid_state").movedNothing();

    assertThat(refused.text("/detail")).contains("999 times", "all that is left, 2.");
    assertThat(reverse(id, "amount", 2).is(201).number("/amount")).isEqualTo(2);
    reverse(id).isProblem(422, "amount_exceeds_reversible");
    nothingMoved();
  }

  @Test
  void reversesAReversal() {
    String id = transfer(100, "alice", "shop", null);
    String reversal = reverse(id).is(201).id();

    assertThat(reverse(reversal).is(201).text("/reverses")).isEqualTo(reversal);

    reverse(id).isProblem(422, "amount_exceeds_reversible");
    reverse(reversal).isProblem(422, "amount_exceeds_reversible");
    moved(100);
  }

  @Test
  void reversesNothingOfAPayment() {
    merchant.pay(100, "alice", "shop").is(201);
    String moved = merchant.get("/v1/accounts/shop/entries").is(200).text("/data/0/transfer_id");
    reverse(moved).isProblem(409, "invalid_state").movedNothing();
    merchant.authorize(10, "alice", "shop");
    UUID held =
        jdbc.sql(
                """
                select h.id from transfers h join transfers t on t.merchant_id = h.merchant_id
                 where t.id = ? and h.state = 'pending'
                """)
            .param(TypeId.require("trf", moved))
            .query(UUID.class)
            .single();
    reverse(TypeId.format("trf", held)).isProblem(409, "invalid_state").movedNothing();
    reverse("trf_00000000000000000000000000").isProblem(404, "not_found");
    String theirs = newMerchant().transfer(move(1, "alice", "shop")).send().is(201).id();
    reverse(theirs).isProblem(404, "not_found");
  }

  @Test
  void reversesOnlyWhatThePayeeStillHas() {
    String id = transfer(100, "alice", "shop", null);
    transfer(30, "shop", "world", null);

    reverse(id).isProblem(402, "insufficient_funds").movedNothing();
    reverse(id, "amount", 60).is(201);
    merchant.call("PATCH", "/v1/accounts/alice").body(object("status", "frozen")).send().is(200);
    reverse(id, "amount", 1).isProblem(422, "account_frozen").movedNothing();
  }

  @Test
  void saysWhichFieldNamesTheAccount() {
    Answer unknown = merchant.transfer(move(1, "alice", "nobody")).send();
    String id = transfer(100, "alice", "shop", null);
    merchant.patch("/v1/accounts/alice", object("status", "frozen")).is(200);
    Answer frozen = merchant.transfer(move(1, "alice", "shop")).send();
    Answer reversed = reverse(id);

    assertThat(unknown.isProblem(422, "account_not_found").text("/detail"))
        .contains("There is no account nobody (`to`);");
    assertThat(frozen.isProblem(422, "account_frozen").text("/detail"))
        .contains("The account alice (`from`) is frozen,");
    assertThat(reversed.isProblem(422, "account_frozen").text("/detail"))
        .contains("The account alice is frozen,");
  }

  @Test
  void neverGivesBackMoreHoweverManyAskAtOnce() throws Exception {
    for (int round = 0; round < 5; round++) {
      String id = transfer(10, "alice", "shop", null);
      var requests = new ArrayList<Callable<Integer>>();
      for (int i = 0; i < 8; i++) {
        requests.add(() -> reverse(id, "amount", 3).status());
      }
      var statuses = new ArrayList<Integer>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var future : threads.invokeAll(requests)) {
          statuses.add(future.get());
        }
      }
      assertThat(statuses).filteredOn(status -> status == 201).hasSize(3);
      assertThat(statuses).filteredOn(status -> status == 422).hasSize(5);
      reverse(id).is(201);
    }
    nothingMoved();
  }

  @Test
  void listsThoseThatMeetEveryFilter() {
    String first = transfer(1, "alice", "shop", "a b");
    String second = transfer(1, "shop", "alice", "b");
    merchant.pay(5, "alice", "shop").is(201);
    String third = transfer(3, "alice", "shop", "b");
    String reversal = reverse(third, "amount", 1).is(201).id();
    String deposit = listed("").getLast();

    assertThat(listed("")).containsExactly(reversal, third, second, first, deposit);
    assertThat(listed("?from=alice")).containsExactly(third, first);
    assertThat(listed("?to=alice")).containsExactly(reversal, second, deposit);
    assertThat(listed("?from=shop&to=alice&reference=b")).containsExactly(reversal, second);
    assertThat(listed("?reference=" + URLEncoder.encode("a b", StandardCharsets.UTF_8)))
        .containsExactly(first);
    assertThat(listed("?reference=none")).isEmpty();
    assertThat(listed("?from=nobody")).isEmpty();
    assertThat(listed("?created_to=2020-01-01T00:00:00Z")).isEmpty();
    assertThat(listed("?created_from=2020-01-01T00:00:00Z&from=world")).containsExactly(deposit);
    assertThat(listed("?created_from=2999-01-01T00:00:00Z")).isEmpty();
    JsonNode newest = merchant.get("/v1/transfers?limit=1").is(200).body().at("/data/0");
    assertThat(newest).isEqualTo(merchant.get("/v1/transfers/" + reversal).body());
  }

  @Test
  void leadsThroughAllOfThemOnce() {
    for (int i = 0; i < 7; i++) {
      transfer(1, "alice", "shop", "r");
    }
    var walked = new ArrayList<String>();
    String cursor = "";
    do {
      Answer page = merchant.get("/v1/transfers?reference=r&limit=2" + cursor).is(200);
      walked.addAll(Json.texts(page.body().path("data"), "id"));
      transfer(1, "alice", "shop", "r");
      cursor =
          page.body().path("has_more").asBoolean() ? "&cursor=" + page.text("/next_cursor") : "";
    } while (!cursor.isEmpty());

    assertThat(walked).hasSize(7).doesNotHaveDuplicates();
    String other = merchant.get("/v1/transfers?reference=r&limit=2").text("/next_cursor");
    merchant.get("/v1/transfers?limit=2&cursor=" + other).isProblem(400, "invalid_cursor");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?from=Alice",
        "?to=",
        "?reference=",
        "?created_from=today",
        "?created_from=2026-02-01T00:00:00Z&created_to=2026-01-01T00:00:00Z",
        "?state=posted",
        "?limit=0"
      })
  void refusesFiltersThatItDoesNotKnow(String filter) {
    merchant.get("/v1/transfers" + filter).isProblem(400, "invalid_request");
  }

  @Test
  void sumsUpTheBooksByCurrencyAndByAccount() {
    merchant.put("/v1/accounts/usd", object("currency", "USD")).is(201);
    transfer(30, "alice", "shop", null);
    transfer(10, "shop", "alice", null);

    JsonNode eur = trialBalance(merchant).get(0);
    assertThat(eur.path("balances_positive").asLong()).isEqualTo(FUNDS);
    assertThat(eur.path("balances_negative").asLong()).isEqualTo(-FUNDS);
    JsonNode rows = accountBalances("?currency=EUR").body();
    assertThat(Json.texts(rows.path("data"), "account")).containsExactly("alice", "shop", "world");
    JsonNode alice = rows.at("/data/0");
    assertThat(alice.path("currency").asText()).isEqualTo("EUR");
    assertThat(alice.path("debits").asLong()).isEqualTo(30);
    assertThat(alice.path("credits").asLong()).isEqualTo(FUNDS + 10);
    assertThat(alice.path("balance").asLong()).isEqualTo(FUNDS - 20);
    assertThat(rows.at("/data/1/balance").asLong()).isEqualTo(20);
    assertThat(rows.at("/data/2/balance").asLong()).isEqualTo(-FUNDS);
    Answer page = accountBalances("?limit=2");
    assertThat(page.body().path("has_more").asBoolean()).isTrue();
    Answer rest = accountBalances("?limit=2&cursor=" + page.text("/next_cursor"));
    assertThat(Json.texts(rest.body().path("data"), "account")).containsExactly("usd", "world");
    merchant
        .get("/v1/ledger/trial-balance/accounts?currency=eur")
        .isProblem(400, "invalid_request");
  }

  private Answer accountBalances(String query) {
    return merchant.get("/v1/ledger/trial-balance/accounts" + query).is(200);
  }

  private String transfer(long amount, String from, String to, String reference) {
    var body = move(amount, from, to);
    return merchant
        .transfer(reference == null ? body : body.put("reference", reference))
        .send()
        .is(201)
        .id();
  }

  private Call call(String transfer, Object... body) {
    return merchant
        .call("POST", "/v1/transfers/" + transfer + "/reverse")
        .randomKey()
        .body(object(body));
  }

  private Answer reverse(String transfer, Object... body) {
    return call(transfer, body).send();
  }

  private List<String> listed(String filter) {
    return Json.texts(merchant.get("/v1/transfers" + filter).is(200).body().path("data"), "id");
  }
}
