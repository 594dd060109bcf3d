package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
