package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input gets a clear error, and nothing moves. */
abstract class ErrorsContract extends Contract {

  @ParameterizedTest
  @ValueSource(
      strings = {"\"100\"", "1.5", "1e2", "0", "-1", "9007199254740992", "1e400", "null", "true"})
  void refusesAmountsThatAreNotMinorUnits(String amount) {
    String body =
        "{\"amount\":%s,\"currency\":\"EUR\",\"payer\":\"alice\",\"payee\":\"shop\"}"
            .formatted(amount);

    merchant
        .call("POST", "/v1/payments")
        .randomKey()
        .body(body)
        .send()
        .isProblem(400, "invalid_request");
    nothingMoved();
  }

  @Test
  void refusesUnknownFields() {
    Answer answer = merchant.payment(order(100, "alice", "shop").put("amout", 1)).send();

    answer.isProblem(400, "unknown_field");
    assertThat(answer.text("/errors/0/param")).isEqualTo("amout");
    nothingMoved();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "nul", "{\"amount\":1,\"amount\":2}", "{\"amount\":1} {}"})
  void refusesWhatIsNotJson(String body) {
    Answer answer = merchant.call("POST", "/v1/payments").randomKey().body(body).send();

    answer.isProblem(400, "malformed_json");
  }

  static Stream<Arguments> wrongFields() {
    return Stream.of(
        arguments("amount", "null", "amount", "required", "whole number from 1 to"),
        arguments("amount", "\"1\"", "amount", "wrong_type", "not a text"),
        arguments("amount", "1.5", "amount", "wrong_type", "not a number with a fraction"),
        arguments("amount", "[1]", "amount", "wrong_type", "not a list"),
        arguments("amount", "{}", "amount", "wrong_type", "not an object"),
        arguments("amount", "true", "amount", "wrong_type", "not true or false"),
        arguments("amount", "0", "amount", "out_of_range", "not 0"),
        arguments("amount", "9007199254740992", "amount", "out_of_range", "9007199254740991"),
        arguments("amount", "9223372036854775808", "amount", "out_of_range", "too large"),
        arguments("currency", "\"EURO\"", "currency", "not_one_of", "ISO 4217"),
        arguments("currency", "5", "currency", "wrong_type", "not a whole number"),
        arguments("payer", "\"A b\"", "payer", "invalid_format", "account id"),
        arguments("payer", "null", "payer", "required", "account id"),
        arguments(
            "capture_method", "\"AUTO\"", "capture_method", "not_one_of", "automatic, manual"),
        arguments("capture_method", "1", "capture_method", "wrong_type", "automatic, manual"),
        arguments("reference", "\"\"", "reference", "out_of_range", "1 to 255"),
        arguments(
            "reference", "\"" + "x".repeat(256) + "\"", "reference", "too_long", "it has 256"),
        arguments("description", "\"a\\tb\"", "description", "invalid_format", "control"),
        arguments("description", "\"\\u0000\"", "description", "invalid_format", "NUL"),
        arguments("description", "\"\\ud800\"", "description", "invalid_format", "surrogate"),
        arguments("description", "\"4111111111111111\"", "description", "not_allowed", "card"),
        arguments("expires_in_seconds", "5", "expires_in_seconds", "out_of_range", "not 5"),
        arguments("metadata", "[]", "metadata", "wrong_type", "not a list"),
        arguments(
            "metadata", "{\"k\":1}", "metadata.k", "wrong_type", "a text, not a whole number"),
        arguments("metadata", "{\"k\":null}", "metadata.k", "required", "a text"),
        arguments("metadata", "{\"\":\"v\"}", "metadata", "out_of_range", "empty key"),
        arguments(
            "metadata",
            "{\"a b.c\":\"" + "x".repeat(501) + "\"}",
            "metadata['a b.c']",
            "too_long",
            "not 501"),
        arguments("amout", "1", "amout", "unknown_field", "amount, capture_method, currency"));
  }

  @ParameterizedTest
  @MethodSource("wrongFields")
  void tellsWhichFieldIsWrongAndHow(
      String field, String value, String param, String code, String told) {
    ObjectNode order = order(1, "alice", "shop");
    order.remove(field);
    String body = order.toString().replaceFirst("}$", ",\"" + field + "\":") + value + "}";

    for (String path : List.of("/v1/payments", "/v1/payments/simulate")) {
      Answer answer = merchant.call("POST", path).randomKey().body(body).send();

      answer.isRefused(param, code).isProblem(400, answer.code());
      assertThat(answer.text("/errors/0/detail")).contains(told);
      assertThat(answer.text("/detail")).contains(told);
    }
    nothingMoved();
  }

  static Stream<Arguments> wrongRules() {
    String start = "{\"id\":\"a\",\"kind\":\"amount_limit\",\"amount\":1,\"currency\":\"EUR\"";
    String rule = start + ",\"action\":\"decline\"";
    String list = "{\"id\":\"b\",\"kind\":\"list\",\"list\":\"block\",\"action\":\"review\"";
    return Stream.of(
        arguments("1", "rules[0]", "wrong_type", "not a whole number"),
        arguments("null", "rules[0]", "required", "null"),
        arguments("{\"id\":\"a\"}", "rules[0].kind", "required", "amount_limit, velocity_count"),
        arguments(
            "{\"id\":\"a\",\"kind\":\"x\"}", "rules[0].kind", "not_one_of", "new_account, list"),
        arguments(start + "}", "rules[0].action", "required", "review, decline, score"),
        arguments(
            start + ",\"action\":\"x\"}",
            "rules[0].action",
            "not_one_of",
            "review, decline, score"),
        arguments(start + ",\"action\":\"score\"}", "rules[0].score", "required", "0 to 100"),
        arguments(rule + ",\"score\":5}", "rules[0].score", "not_allowed", "action score"),
        arguments(rule + ",\"foo\":5}", "rules[0].foo", "unknown_field", "action, amount"),
        arguments(rule + "}," + rule + "}", "rules[1].id", "repeated", "earlier"),
        arguments(list + ",\"payers\":[\"a\",5]}", "rules[0].payers[1]", "wrong_type", "a text"),
        arguments(list + ",\"payers\":[\"a\",null]}", "rules[0].payers[1]", "required", "null"),
        arguments(
            list + ",\"payers\":[\"a\",\"B\"]}", "rules[0].payers[1]", "invalid_format", "a-z0-9"),
        arguments(list + "}],\"fallback\":[\"x\"", "fallback", "wrong_type", "approve_below"));
  }

  @ParameterizedTest
  @MethodSource("wrongRules")
  void tellsWhichRuleIsWrongAndHow(String rules, String param, String code, String told) {
    Answer answer =
        merchant
            .call("PUT", "/v1/fraud/rules")
            .body("{\"version\":0,\"rules\":[" + rules + "]}")
            .send();

    answer.isRefused(param, code).isProblem(400, answer.code());
    assertThat(answer.text("/errors/0/detail")).contains(told);
  }

  @Test
  void tellsOfEachWrongField() {
    Answer answer = merchant.pay(object("amount", -1)).isProblem(400, "invalid_request");

    assertThat(Json.texts(answer.at("/errors"), "param"))
        .containsExactly("amount", "currency", "payee", "payer");
    assertThat(Json.texts(answer.at("/errors"), "code"))
        .containsExactly("out_of_range", "required", "required", "required");
    assertThat(answer.text("/detail")).contains("(3 more in errors)");
  }

  @Test
  void speaksEnglishWhateverTheCallerReads() {
    Call call = merchant.payment(order(0, "alice", "shop"));

    assertThat(call.header("Accept-Language", "de").send().text("/detail"))
        .contains("must be a whole number from 1 to");
  }

  @Test
  void tellsWhichFieldIsThereTwice() {
    Call call = merchant.call("POST", "/v1/payments").randomKey();

    call.body("{\"amount\":1,\"amount\":2}")
        .send()
        .isRefused("amount", "repeated")
        .isProblem(400, "malformed_json");
    call.body("{\"metadata\":{\"a b\":\"x\",\"a b\":\"y\"}}")
        .send()
        .isRefused("metadata['a b']", "repeated")
        .isProblem(400, "malformed_json");
    merchant
        .call("PUT", "/v1/fraud/rules")
        .body("{\"rules\":[{\"kind\":\"list\"},{\"kind\":\"list\",\"id\":\"a\",\"id\":\"b\"}]}")
        .send()
        .isRefused("rules[1].id", "repeated")
        .isProblem(400, "malformed_json");
    nothingMoved();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/payments?limt=1, limt, unknown_field",
    "/v1/payments?limit=1&limit=2, limit, repeated",
    "/v1/payments?limit=0, limit, out_of_range",
    "/v1/payments?limit=x, limit, invalid_format",
    "/v1/payments?status=x, status, not_one_of",
    "/v1/payments?payer=%21, payer, invalid_format",
    "/v1/payments?currency=EURO, currency, not_one_of",
    "/v1/payments?created_from=x, created_from, invalid_format",
    "/v1/payments?amount_min=2&amount_max=1, amount_min, out_of_range",
    "/v1/payments?amount_max=9007199254740992, amount_max, out_of_range",
    "/v1/payments?reference=%FF, '', invalid_format",
    "/v1/events?type=x, type, not_one_of",
    "/v1/events?payment_id=x, payment_id, invalid_format",
    "/v1/ledger/export, format, required",
    "/v1/ledger/export?format=x, format, not_one_of",
    "/v1/ledger/export?format=hledger&to=x, to, invalid_format",
    "/v1/ledger/trial-balance?currency=EUR, currency, unknown_field",
    "/v1/analytics/integrity?from=x, from, unknown_field",
    "/v1/accounts/alice?x=1, x, unknown_field",
    "/v1/fraud/rules?x=1, x, unknown_field",
    "/v1/accounts/alice/balance?at=9999-01-01T00:00:00Z, at, out_of_range",
    "/v1/audit-log?object_id=%21, object_id, invalid_format"
  })
  void tellsWhichParameterIsWrongAndHow(String path, String param, String code) {
    merchant.get(path).isRefused(param, code).isProblem(400, "invalid_request");
  }

  @Test
  void tellsWhatIsNotThere() {
    String route = merchant.get("/v1/nothing").isProblem(404, "not_found").text("/detail");
    String object =
        merchant
            .get("/v1/payments/pay_01jd0000000000000000000000")
            .isProblem(404, "not_found")
            .text("/detail");

    assertThat(route).contains("no route");
    assertThat(object).contains("no payment with this id");
    assertThat(merchant.get("/v1/payments/trf_1").isProblem(404, "not_found").text("/detail"))
        .contains("pay_ followed by 26 characters");
    assertThat(merchant.delete("/v1/payments").isProblem(405, "method_not_allowed").text("/detail"))
        .isEqualTo("This path allows GET, POST, not DELETE.");
  }

  @Test
  void wantsAnIdempotencyKey() {
    Call call = merchant.call("POST", "/v1/payments").body(order(1, "alice", "shop"));

    call.send().isProblem(400, "idempotency_key_required");
    call.key("k".repeat(256)).send().isProblem(400, "invalid_idempotency_key");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 49, 30_001})
  void refusesDeadlinesOutOfRange(long milliseconds) {
    merchant
        .payment(order(1, "alice", "shop"))
        .deadline(milliseconds)
        .send()
        .isProblem(400, "invalid_deadline");
    nothingMoved();
  }

  @Test
  void letsNobodyInWithoutAKey() {
    Answer answer = merchant.anonymous().get("/v1/accounts");

    answer.isProblem(401, "unauthorized");
    assertThat(answer.header("WWW-Authenticate")).contains("Bearer");
    merchant.with("qt_wrong").get("/v1/accounts").isProblem(401, "unauthorized");
  }

  @Test
  void wantsTheScopeOfTheRoute() {
    Client reader = limitedTo(merchant, "payments:read");

    reader.pay(1, "alice", "shop").isProblem(403, "insufficient_scope");
    reader.get("/v1/accounts/alice").isProblem(403, "insufficient_scope");
  }

  @Test
  void hidesOneMerchantFromTheOther() {
    String payment = merchant.pay(100, "alice", "shop").is(201).id();

    newMerchant().get("/v1/payments/" + payment).isProblem(404, "not_found");
    merchant.get("/v1/payments/" + payment).is(200);
  }

  @Test
  void answersMethodsTypesAndSizesThatItDoesNotTake() {
    merchant.delete("/v1/payments").isProblem(405, "method_not_allowed");
    merchant
        .payment(order(1, "alice", "shop"))
        .header("Content-Type", "text/plain")
        .send()
        .isProblem(415, "unsupported_media_type");
    merchant
        .call("POST", "/v1/payments")
        .randomKey()
        .body("\"" + "x".repeat(400_000) + "\"")
        .send()
        .isProblem(413, "request_too_large");
    merchant.get("/v1/nothing").isProblem(404, "not_found");
  }

  @Test
  void refusesACursorOfAnotherList() {
    merchant.get("/v1/accounts?limit=1&cursor=%21%21").isProblem(400, "invalid_cursor");
    String cursor = merchant.get("/v1/accounts?limit=1").is(200).text("/next_cursor");

    merchant.get("/v1/accounts?limit=1&cursor=" + cursor).is(200);
    merchant.get("/v1/events?cursor=" + cursor).isProblem(400, "invalid_cursor");
  }
}
