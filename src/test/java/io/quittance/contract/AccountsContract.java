package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.money.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Accounts change, freeze and close, and never in the middle of a movement. */
abstract class AccountsContract extends Contract {

  @Autowired private JdbcClient jdbc;

  @Test
  void changesWhatIsSentAndNothingElse() {
    merchant
        .put(
            "/v1/accounts/till",
            object("currency", "EUR", "name", "Till 7", "metadata", object("a", "1")))
        .is(201);

    Answer changed = change("till", "metadata", object("b", "2"), "overdraft_limit", 50).is(200);

    assertThat(changed.text("/name")).isEqualTo("Till 7");
    assertThat(changed.body().path("metadata")).isEqualTo(object("b", "2"));
    assertThat(changed.number("/overdraft_limit")).isEqualTo(50);
    assertThat(changed.number("/balances/available")).isEqualTo(50);
    assertThat(changed.text("/status")).isEqualTo("open");
    assertThat(merchant.get("/v1/accounts/till").body()).isEqualTo(changed.body());
    assertThat(change("till").is(200).body()).isEqualTo(changed.body());
    assertThat(change("till", "name", "").is(200).body().path("name").isNull()).isTrue();
    assertThat(merchant.pay(50, "till", "shop").is(201).text("/status")).isEqualTo("succeeded");
  }

  @Test
  void refusesToChangeWhatStays() {
    change("alice", "currency", "USD").isProblem(400, "unknown_field");
    change("alice", "kind", "external").isProblem(400, "unknown_field");
    change("alice", "status", "shut").is(400);
    change("nobody", "name", "n").isProblem(404, "not_found");
    Client other = newMerchant();
    other.open("theirs");
    change("theirs", "name", "n").isProblem(404, "not_found");
    limitedTo(merchant, "ledger:read")
        .call("PATCH", "/v1/accounts/alice")
        .body(object("name", "n"))
        .send()
        .isProblem(403, "insufficient_scope");
  }

  @Test
  void pointsToPatchWhereAnAccountExistsWithOtherValues() {
    merchant.put("/v1/accounts/till", object("currency", "EUR", "name", "Till 7")).is(201);

    assertThat(
            merchant
                .put("/v1/accounts/till", object("currency", "EUR", "name", "Till 8"))
                .isProblem(409, "account_exists")
                .text("/detail"))
        .contains("PATCH");
    change("till", "name", "Till 8").is(200);
    merchant.put("/v1/accounts/till", object("currency", "EUR", "name", "Till 8")).is(200);
  }

  @Test
  void keepsTheOverdraftThatIsInUseAndInRange() {
    merchant.put("/v1/accounts/till", object("currency", "EUR", "overdraft_limit", 100)).is(201);
    merchant.pay(30, "till", "shop").is(201);
    merchant.pay(order(20, "till", "shop").put("capture_method", "manual")).is(201);

    change("till", "overdraft_limit", 49).isProblem(409, "invalid_state");
    change("till", "overdraft_limit", 50).is(200);
    merchant.pay(1, "till", "shop").isProblem(402, "insufficient_funds");
    change("alice", "overdraft_limit", Money.MAX_AMOUNT - FUNDS + 1)
        .isProblem(422, "balance_out_of_range");
    change("alice", "overdraft_limit", Money.MAX_AMOUNT - FUNDS).is(200);
  }

  @Test
  void refusesAnOverdraftThatHasNoEffect() {
    change("world", "overdraft_limit", 1).isProblem(400, "invalid_request");
    merchant
        .put(
            "/v1/accounts/void",
            object("currency", "EUR", "kind", "external", "overdraft_limit", 1))
        .isProblem(400, "invalid_request");
    merchant
        .put(
            "/v1/accounts/void",
            object("currency", "EUR", "kind", "external", "overdraft_limit", 0))
        .is(201);
  }

  @Test
  void takesActiveCurrenciesAndLeavesOldAccountsTheirs() {
    merchant.put("/v1/accounts/uy", object("currency", "UYW")).is(201);
    merchant.put("/v1/accounts/gold", object("currency", "XAU")).is(201);
    for (String code : List.of("DEM", "HRK", "BGN", "XTS", "XXX")) {
      assertThat(
              merchant
                  .put("/v1/accounts/old", object("currency", code))
                  .isProblem(400, "invalid_request")
                  .text("/errors/0/param"))
          .isEqualTo("currency");
    }
    merchant.put("/v1/accounts/mint", object("currency", "UYW", "kind", "external")).is(201);
    jdbc.sql(
            """
            update accounts set currency = 'HRK'
             where id in ('uy', 'mint') and merchant_id in (select merchant_id from api_keys where id = ?)
            """)
        .param(keyId())
        .update();

    merchant.put("/v1/accounts/uy", object("currency", "HRK")).is(200);
    merchant.transfer(move(5, "mint", "uy").put("currency", "HRK")).send().is(201);
    merchant.pay(order(5, "uy", "mint").put("currency", "HRK")).is(201);
    assertThat(listed("?currency=HRK")).containsExactlyInAnyOrder("mint", "uy");
    assertThat(merchant.get("/v1/ledger/export?format=hledger").is(200).text())
        .contains("0.05 HRK");
  }

  @Test
  void hasNoAvailableBalanceWithoutAFloor() {
    assertThat(merchant.get("/v1/accounts/world").body().at("/balances/available").isNull())
        .isTrue();
    JsonNode forecast =
        merchant.post("/v1/payments/simulate", order(5, "world", "shop")).is(200).body();
    assertThat(forecast.at("/balances_after/world/available").isNull()).isTrue();
    assertThat(forecast.at("/balances_after/shop/available").asLong()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice", "shop"})
  void beginsNothingNewOnAFrozenAccountAndEndsWhatWasBegun(String frozen) {
    String held = merchant.authorize(30, "alice", "shop");
    String canceled = merchant.authorize(5, "alice", "shop");
    String paid = merchant.pay(40, "alice", "shop").is(201).id();
    merchant.rules(
        array(
            object(
                "id",
                "r",
                "kind",
                "amount_limit",
                "action",
                "review",
                "amount",
                0,
                "currency",
                "EUR")));
    String parked = merchant.pay(10, "alice", "shop").is(202).id();
    merchant.rules(array());

    assertThat(change(frozen, "status", "frozen").is(200).text("/status")).isEqualTo("frozen");

    Call payment = merchant.payment(order(1, "alice", "shop"));
    payment.send().isProblem(422, "account_frozen").movedNothing();
    payment.send().isProblem(422, "account_frozen").movedNothing();
    merchant.pay(order(1, "alice", "shop").put("capture_method", "manual")).is(422);
    merchant
        .post("/v1/payments/simulate", order(1, "alice", "shop"))
        .isProblem(422, "account_frozen");
    merchant.transfer(move(1, "alice", "shop")).send().isProblem(422, "account_frozen");
    merchant.transfer(move(1, "shop", "alice")).send().isProblem(422, "account_frozen");
    merchant.capture(held, "amount", 20, "final", false).is(201);
    merchant.capture(held).is(201);
    merchant.cancel(canceled).is(200);
    merchant.refund(paid, "amount", 15).is(201);
    assertThat(merchant.review(parked, "approve").is(200).text("/status")).isEqualTo("succeeded");
    assertThat(merchant.balance("shop", "posted")).isEqualTo(30 + 40 - 15 + 10);

    change(frozen, "status", "open").is(200);
    merchant.pay(1, "alice", "shop").is(201);
  }

  @Test
  void closesAnEmptyAccountForGood() {
    merchant.open("till", 10);
    change("till", "status", "closed").isProblem(409, "account_not_empty");
    String held = merchant.authorize(10, "till", "shop");
    change("till", "status", "closed").isProblem(409, "account_not_empty");
    change("shop", "status", "closed").isProblem(409, "account_not_empty");
    merchant.capture(held).is(201);
    merchant.transfer(move(10, "shop", "alice")).send().is(201);

    assertThat(change("till", "status", "closed").is(200).text("/status")).isEqualTo("closed");

    change("till", "status", "closed").is(200);
    change("till", "status", "open").isProblem(409, "invalid_state");
    change("till", "status", "frozen").isProblem(409, "invalid_state");
    change("till", "overdraft_limit", 5).isProblem(409, "invalid_state");
    merchant.put("/v1/accounts/till", object("currency", "EUR")).isProblem(409, "account_exists");
    merchant.pay(1, "till", "shop").isProblem(422, "account_closed").movedNothing();
    merchant.pay(1, "alice", "till").isProblem(422, "account_closed").movedNothing();
    merchant.transfer(move(1, "alice", "till")).send().isProblem(422, "account_closed");
    merchant.refund(held).isProblem(422, "account_closed").movedNothing();
    assertThat(merchant.get("/v1/accounts/till/entries").is(200).body().path("data")).hasSize(2);
    assertThat(merchant.balance("till", "posted")).isZero();
  }

  @Test
  void neverClosesAnAccountWhileAPaymentComesIn() throws Exception {
    for (int round = 0; round < 10; round++) {
      String account = "till-" + round;
      merchant.open(account);
      var requests = new ArrayList<Callable<Answer>>();
      requests.add(() -> change(account, "status", "closed"));
      for (int i = 0; i < 4; i++) {
        requests.add(() -> merchant.pay(1, "alice", account));
      }
      List<Answer> answers = new ArrayList<>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var future : threads.invokeAll(requests)) {
          answers.add(future.get());
        }
      }
      Answer closing = answers.removeFirst();
      long paid = answers.stream().filter(answer -> answer.status() == 201).count();
      assertThat(merchant.balance(account, "posted")).isEqualTo(paid);
      assertThat(closing.status()).isEqualTo(paid == 0 ? 200 : 409);
      assertThat(answers)
          .allSatisfy(answer -> assertThat(answer.status()).isEqualTo(paid == 0 ? 422 : 201));
    }
  }

  @Test
  void listsAccountsByKindCurrencyAndStatus() {
    merchant.put("/v1/accounts/usd", object("currency", "USD")).is(201);
    merchant.put("/v1/accounts/void", object("currency", "USD", "kind", "external")).is(201);
    merchant.open("till");
    change("till", "status", "closed").is(200);
    change("usd", "status", "frozen").is(200);

    assertThat(listed("")).containsExactly("till", "void", "usd", "shop", "alice", "world");
    assertThat(listed("?kind=external")).containsExactly("void", "world");
    assertThat(listed("?kind=standard&status=open")).containsExactly("shop", "alice");
    assertThat(listed("?currency=USD")).containsExactly("void", "usd");
    assertThat(listed("?currency=USD&status=frozen")).containsExactly("usd");
    assertThat(listed("?status=closed")).containsExactly("till");
    assertThat(listed("?currency=GBP")).isEmpty();
    merchant.get("/v1/accounts?status=shut").isProblem(400, "invalid_request");
    merchant.get("/v1/accounts?kind=EXTERNAL").isProblem(400, "invalid_request");
    merchant.get("/v1/accounts?currency=eur").isProblem(400, "invalid_request");
    String cursor = merchant.get("/v1/accounts?kind=external&limit=1").text("/next_cursor");
    assertThat(listed("?kind=external&limit=1&cursor=" + cursor)).containsExactly("world");
    merchant
        .get("/v1/accounts?kind=standard&limit=1&cursor=" + cursor)
        .isProblem(400, "invalid_cursor");
  }

  @Test
  void auditsWhatMayOweMoneyAndEveryChange() {
    merchant.put("/v1/accounts/debt", object("currency", "EUR", "overdraft_limit", 9)).is(201);
    merchant.put("/v1/accounts/debt", object("currency", "EUR", "overdraft_limit", 9)).is(200);
    change("shop:1").is(404);
    merchant.open("shop:1");
    change("shop:1").is(200);
    change("shop:1", "status", "frozen", "overdraft_limit", 7, "name", "Jane").is(200);

    assertThat(trail("world")).containsExactly("account.opened");
    assertThat(trail("debt")).containsExactly("account.opened");
    assertThat(trail("shop:1")).containsExactly("account.changed");
    assertThat(trail("alice")).isEmpty();
    assertThat(merchant.get("/v1/audit-log?object_id=shop:1").is(200).body().at("/data/0/details"))
        .isEqualTo(
            object(
                "name",
                "changed",
                "overdraft_limit",
                object("from", 0, "to", 7),
                "status",
                object("from", "open", "to", "frozen")));
  }

  private List<String> trail(String account) {
    return Json.texts(
        merchant.get("/v1/audit-log?object_id=" + account).is(200).body().path("data"), "action");
  }

  @Test
  void keepsEntryTimesGoingForwardsWhenTheClockGoesBack() {
    merchant.open("till");
    merchant.transfer(move(5, "alice", "till")).send().is(201);
    int ahead =
        jdbc.sql(
                """
                update accounts
                   set last_entry_at = (select a.last_entry_at + interval '1' hour from accounts a
                                         where a.merchant_id = accounts.merchant_id and a.id = accounts.id)
                 where id = 'till' and merchant_id in (select merchant_id from api_keys where id = ?)
                """)
            .param(keyId())
            .update();
    assertThat(ahead).isEqualTo(1);
    assertThat(merchant.get("/v1/ledger/verify?account=till").text("/first_bad/reason"))
        .isEqualTo("account_time_mismatch");

    String first = merchant.transfer(move(1, "alice", "till")).send().is(201).text("/ended_at");
    String second = merchant.transfer(move(1, "till", "shop")).send().is(201).text("/ended_at");
    merchant.pay(1, "alice", "shop").is(201);

    assertThat(second).isEqualTo(first);
    List<String> times =
        Json.texts(
            merchant.get("/v1/accounts/alice/entries").is(200).body().path("data"), "created_at");
    assertThat(times.reversed()).isSorted();
    assertThat(times.getFirst()).isEqualTo(first);
    assertThat(merchant.get("/v1/ledger/verify").text("/intact")).isEqualTo("true");
  }

  private java.util.UUID keyId() {
    String key = merchant.get("/v1/api-keys").is(200).text("/data/0/id");
    return io.quittance.web.TypeId.require("key", key);
  }

  private List<String> listed(String filter) {
    return Json.texts(merchant.get("/v1/accounts" + filter).is(200).body().path("data"), "id");
  }

  private Answer change(String account, Object... fields) {
    return merchant.call("PATCH", "/v1/accounts/" + account).body(object(fields)).send();
  }
}
