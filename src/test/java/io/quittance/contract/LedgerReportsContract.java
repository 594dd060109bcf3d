package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.Hledger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Balances of the past, statements of a period, and the export, against each other. */
abstract class LedgerReportsContract extends Contract {

  private static final String HOSTILE =
      "a ; b | c\u2028d\u0085e\u00a0f  * (x) = 9 EUR \u202e, date:2020-01-01 %";

  @Autowired private JdbcClient jdbc;

  @Test
  void knowsTheBalanceAtEachInstantOfTheStatement() {
    for (int i = 1; i <= 30; i++) {
      merchant.pay(i, "alice", "shop").is(201);
    }

    List<JsonNode> lines = statement("alice", "");

    assertThat(lines).hasSize(31);
    Map<String, Long> lastOfEachInstant = new TreeMap<>();
    for (JsonNode line : lines) {
      lastOfEachInstant.putIfAbsent(
          line.path("created_at").asText(), line.path("balance_after").asLong());
    }
    lastOfEachInstant.forEach(
        (at, balance) -> assertThat(balanceAt("alice", at)).isEqualTo(balance));
    Instant first = Instant.parse(lines.getLast().path("created_at").asText());
    assertThat(balanceAt("alice", first.minusMillis(1).toString())).isZero();
    assertThat(balanceAt("alice", "1970-01-01T00:00:00Z")).isZero();
  }

  @Test
  void tellsTheBalanceOfNowUnlessAsked() {
    merchant.pay(100, "alice", "shop").is(201);

    Answer answer = merchant.get("/v1/accounts/shop/balance").is(200);

    assertThat(answer.text("/account_id")).isEqualTo("shop");
    assertThat(answer.text("/currency")).isEqualTo("EUR");
    assertThat(answer.text("/at")).matches(TIME);
    assertThat(answer.number("/posted")).isEqualTo(100);
    assertThat(answer.number("/entries")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "2026-01-01", "", "9999-01-01T00:00:00Z"})
  void refusesInstantsThatAreNoneOrToCome(String at) {
    Answer answer = merchant.get("/v1/accounts/alice/balance?at=" + at);

    answer.isProblem(400, "invalid_request");
    assertThat(answer.text("/errors/0/param")).isEqualTo("at");
  }

  @Test
  void hidesTheReportsFromOthers() {
    merchant.get("/v1/accounts/nobody/balance").isProblem(404, "not_found");
    merchant.get("/v1/ledger/verify?account=nobody").isProblem(404, "not_found");
    Client writer = limitedTo(merchant, "ledger:write");
    writer.get("/v1/accounts/alice/balance").isProblem(403, "insufficient_scope");
    writer.get("/v1/ledger/export?format=hledger").isProblem(403, "insufficient_scope");
    writer.get("/v1/ledger/verify").isProblem(403, "insufficient_scope");
  }

  @Test
  void cutsAStatementAtTheTimesThatItShows() {
    for (int i = 1; i <= 12; i++) {
      merchant.pay(i, "alice", "shop").is(201);
    }
    List<JsonNode> all = statement("alice", "");
    String from = all.get(9).path("created_at").asText();
    String to = all.get(3).path("created_at").asText();

    List<JsonNode> cut = statement("alice", "&from=" + from + "&to=" + to);

    assertThat(cut)
        .containsExactlyElementsOf(
            all.stream()
                .filter(line -> line.path("created_at").asText().compareTo(from) >= 0)
                .filter(line -> line.path("created_at").asText().compareTo(to) < 0)
                .toList());
    assertThat(cut).isNotEmpty().hasSizeLessThan(all.size());
    assertThat(statement("alice", "&from=2999-01-01T00:00:00Z")).isEmpty();
    assertThat(statement("alice", "&to=1999-01-01T00:00:00Z")).isEmpty();
  }

  @Test
  void bindsACursorToItsPeriod() {
    merchant.pay(1, "alice", "shop").is(201);
    String page = "/v1/accounts/alice/entries?limit=1";
    String cursor = merchant.get(page + "&from=2020-01-01T00:00:00Z").is(200).text("/next_cursor");

    merchant.get(page + "&from=2020-01-01T00:00:00Z&cursor=" + cursor).is(200);
    merchant.get(page + "&cursor=" + cursor).isProblem(400, "invalid_cursor");
    merchant
        .get(page + "&from=2021-01-01T00:00:00Z&cursor=" + cursor)
        .isProblem(400, "invalid_cursor");
    merchant
        .get(page + "&from=2021-01-01T00:00:00Z&to=2020-01-01T00:00:00Z")
        .isProblem(400, "invalid_request");
  }

  @Test
  void exportsWhatHledgerReadsAndBalances() {
    trade();

    Answer export = merchant.get("/v1/ledger/export?format=hledger").is(200);

    assertThat(export.header("Content-Type").orElse("")).isEqualTo("text/plain;charset=utf-8");
    assertThat(export.header("Content-Length").orElse(""))
        .isEqualTo(Integer.toString(export.text().getBytes(UTF_8).length));
    var journal = Hledger.read(export.text());
    journal.check();
    assertThat(journal.balances()).isEqualTo(balances());
  }

  @Test
  void exportsAPeriodWithItsOpeningBalances() {
    trade();
    String split = statement("shop", "").get(1).path("created_at").asText();

    var whole = Hledger.read(merchant.get("/v1/ledger/export?format=hledger").is(200).text());
    var before = Hledger.read(merchant.get(export("&to=" + split)).is(200).text());
    var after = Hledger.read(merchant.get(export("&from=" + split)).is(200).text());

    before.check();
    after.check();
    assertThat(after.balances()).isEqualTo(balances());
    assertThat(before.transfers()).isNotEmpty();
    assertThat(after.transfers()).isNotEmpty();
    var together = new ArrayList<>(before.transfers());
    together.addAll(after.transfers());
    assertThat(together).containsExactlyElementsOf(whole.transfers());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "&from=0001-01-01T00:00:00Z",
        "&to=0001-01-01T00:00:00Z",
        "&from=0001-01-01T00:00:00Z&to=0001-01-01T00:00:00Z",
        "&from=0999-12-31T23:59:59.999Z&to=1000-01-01T00:00:00Z",
        "&from=9999-12-31T23:59:59.9999Z",
        "&from=9999-12-31T23:59:59Z&to=9999-12-31T23:59:59.999999999Z",
        "&from=2020-01-01T00:00:00Z&to=9999-12-31T23:59:59.9999Z"
      })
  void exportsAnyPeriodThatItTakes(String period) {
    trade();

    Hledger.read(merchant.get(export(period)).is(200).text()).check();
  }

  @Test
  void exportsAMerchantWithoutAnything() {
    Answer registered = operator.post("/v1/merchants", object("name", "empty")).is(201);
    Client empty = operator.with(registered.text("/api_key/secret"));

    Hledger.read(empty.get("/v1/ledger/export?format=hledger").is(200).text()).check();
    Hledger.read(empty.get(export("&from=2020-01-01T00:00:00Z")).is(200).text()).check();
    assertThat(empty.get("/v1/ledger/verify").is(200).body().path("intact").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?format=", "?format=beancount", "?format=HLEDGER"})
  void exportsNoOtherFormat(String query) {
    Answer answer = merchant.get("/v1/ledger/export" + query);

    answer.isProblem(400, "invalid_request");
    assertThat(answer.text("/errors/0/param")).isEqualTo("format");
  }

  /** A half file must not look like a whole one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/accounts/alice/balance?before=2026-01-01T00:00:00Z",
        "/v1/accounts/alice/balance?at=2026-01-01T00:00:00Z&at=2026-01-02T00:00:00Z",
        "/v1/ledger/verify?acount=alice",
        "/v1/ledger/export?format=hledger&until=2026-01-01T00:00:00Z"
      })
  void refusesAMisspeltParameter(String path) {
    merchant.get(path).isProblem(400, "invalid_request");
  }

  @Test
  void answersWithAnErrorWhenAnExportFailsHalfway() {
    for (int i = 0; i < 40; i++) {
      // Each of these characters is nine in the export: more than fits into the buffers on its way.
      String reference = i + "\u2028".repeat(200);
      merchant.transfer(move(1, "alice", "shop").put("reference", reference)).send().is(201);
    }
    String last = statement("shop", "").getFirst().path("reference").asText();
    currency(last, "ZZZ");

    merchant.get("/v1/ledger/export?format=hledger").isProblem(500, "internal_error");

    currency(last, "EUR");
    Hledger.read(merchant.get("/v1/ledger/export?format=hledger").is(200).text()).check();
  }

  private void currency(String reference, String currency) {
    assertThat(
            jdbc.sql("update transfers set currency = ? where reference = ?")
                .params(currency, reference)
                .update())
        .isEqualTo(1);
  }

  /** Several currencies, accounts with difficult names, references with bad intentions. */
  private void trade() {
    merchant.transfer(move(7, "alice", "shop").put("reference", HOSTILE)).send().is(201);
    merchant
        .transfer(move(8, "alice", "shop").put("reference", "; ignore the rest"))
        .send()
        .is(201);
    merchant.pay(order(9, "alice", "shop").put("reference", "\u2028    world  1 EUR")).is(201);
    trade("JPY", "jp", "jp:", 1234);
    trade("KWD", "kw", "kw::tills:1", 5678);
    trade("USD", "2026-01-01", "1", 9_007_199_254_740_991L);
    merchant.pay(order(1, "alice", "shop").put("capture_method", "manual")).is(201);
    merchant.pay(10, "alice", "shop").is(201);
  }

  private void trade(String currency, String source, String account, long amount) {
    merchant
        .put("/v1/accounts/" + source, object("currency", currency, "kind", "external"))
        .is(201);
    merchant.put("/v1/accounts/" + account, object("currency", currency)).is(201);
    merchant.transfer(move(amount, source, account).put("currency", currency)).send().is(201);
  }

  private static String export(String filter) {
    return "/v1/ledger/export?format=hledger" + filter;
  }

  private Map<String, String> balances() {
    Map<String, String> balances = new TreeMap<>();
    for (JsonNode account : merchant.get("/v1/accounts?limit=100").is(200).body().path("data")) {
      balances.put(
          account.path("id").asText().replaceAll(":(?=:|$)", ":~"),
          Hledger.amount(
              account.at("/balances/posted").asLong(), account.path("currency").asText()));
    }
    return balances;
  }

  private long balanceAt(String account, String at) {
    return merchant.get("/v1/accounts/" + account + "/balance?at=" + at).is(200).number("/posted");
  }

  /** All lines, newest first. */
  private List<JsonNode> statement(String account, String filter) {
    var lines = new ArrayList<JsonNode>();
    String path = "/v1/accounts/" + account + "/entries?limit=5" + filter;
    for (String cursor = ""; cursor != null; ) {
      JsonNode page = merchant.get(path + cursor).is(200).body();
      page.path("data").forEach(lines::add);
      cursor =
          page.path("has_more").asBoolean() ? "&cursor=" + page.path("next_cursor").asText() : null;
    }
    return lines;
  }
}
