package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP itself asks for: sizes, methods, media types, and the id of each request. */
abstract class HttpContract extends Contract {

  private static final int LIMIT_BYTES = 393_216;

  static Stream<Arguments> tooLong() {
    String order = order(1, "alice", "shop").toString();
    String open = order.substring(0, order.length() - 1);
    String filler = "x".repeat(LIMIT_BYTES);
    return Stream.of(
        argumentSet("a long text", "\"" + filler + "\""),
        argumentSet("a long field", open + ",\"description\":\"" + filler + "\"}"),
        argumentSet("a long entry in a map", open + ",\"metadata\":{\"k\":\"" + filler + "\"}}"),
        argumentSet("an unknown field", open + ",\"more\":\"" + filler + "\"}"),
        argumentSet("space before it", " ".repeat(LIMIT_BYTES) + order),
        argumentSet("space behind it", order + " ".repeat(LIMIT_BYTES)));
  }

  @ParameterizedTest
  @MethodSource("tooLong")
  void refusesABodyOverTheLimitThatDoesNotAnnounceItsLength(String body) {
    Answer answer = merchant.call("POST", "/v1/payments").key("k").chunked(body).send();

    answer.isProblem(413, "request_too_large");
    nothingMoved();
    merchant.payment(order(1, "alice", "shop")).key("k").send().is(201);
  }

  @Test
  void takesABodyUpToTheLimit() {
    String order = order(1, "alice", "shop").toString();
    String full = order + " ".repeat(LIMIT_BYTES - order.length());

    merchant.call("POST", "/v1/payments").randomKey().chunked(full).send().is(201);
    merchant.call("POST", "/v1/payments").randomKey().body(full).send().is(201);
    merchant
        .call("POST", "/v1/payments")
        .randomKey()
        .body(full + " ")
        .send()
        .isProblem(413, "request_too_large");
    moved(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "Order-7:retry_2.1", "0123456789abcdef0123456789abcdef"})
  void returnsTheCallersRequestId(String id) {
    for (String path : List.of("/v1/accounts", "/v1/nothing")) {
      Answer answer = merchant.call("GET", path).header("X-Request-Id", id).send();

      assertThat(answer.header("X-Request-Id")).contains(id);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "<script>", "a,b", "é", "\"quoted\""})
  void replacesARequestIdThatIsNotSane(String id) {
    Answer answer = merchant.call("GET", "/v1/accounts").header("X-Request-Id", id).send();

    assertThat(answer.header("X-Request-Id").orElseThrow()).startsWith("req_");
  }

  @Test
  void replacesARequestIdThatIsTooLong() {
    String id = "x".repeat(128);

    assertThat(ofRequest(id)).isEqualTo(id);
    assertThat(ofRequest(id + "x")).startsWith("req_");
  }

  private String ofRequest(String id) {
    Call call = merchant.anonymous().call("GET", "/v1/accounts").header("X-Request-Id", id);
    return call.send().isProblem(401, "unauthorized").text("/request_id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/html",
        "application/xml",
        "text/*;q=1",
        "nonsense",
        "application/json;charset=ISO-8859-1",
        "application/json;charset=UTF-16, text/plain",
        "application/json;charset=nonsense",
        "application/json;q=0",
        "*/*, application/json;q=0.0",
        "*/*, application/*;q=0"
      })
  void refusesToAnswerInAnotherFormatBeforeAnythingMoves(String accept) {
    Call get = merchant.call("GET", "/v1/accounts").header("Accept", accept);
    Call payment = merchant.payment(order(1, "alice", "shop")).header("Accept", accept);
    Call transfer = merchant.transfer(move(1, "alice", "shop")).header("Accept", accept);

    get.send().isProblem(406, "not_acceptable");
    payment.send().isProblem(406, "not_acceptable").movedNothing();
    transfer.send().isProblem(406, "not_acceptable").movedNothing();
    nothingMoved();
    payment.header("Accept", "*/*").send().is(201);
    transfer.header("Accept", "application/json").send().is(201);
    moved(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*/*",
        "application/*",
        "application/json",
        "text/html, application/json;q=0.1",
        "application/problem+json, application/json",
        "application/json;charset=utf-8",
        "application/json; charset=\"UTF-8\"",
        "application/json;version=1",
        "application/json;charset=ISO-8859-1, */*;q=0.1",
        "*/*;q=0, application/json"
      })
  void answersInJsonWhereItIsAmongTheFormatsAskedFor(String accept) {
    Answer answer = merchant.call("GET", "/v1/accounts").header("Accept", accept).send().is(200);

    assertThat(answer.header("Content-Type")).contains("application/json");
  }

  static Stream<Arguments> makers() {
    return Stream.of(
        arguments("PUT", "/v1/accounts/{new}", object("currency", "EUR"), "/v1/accounts"),
        arguments(
            "POST",
            "/v1/api-keys",
            object("name", "new", "scopes", Json.array("payments:read")),
            "/v1/api-keys"),
        arguments(
            "POST",
            "/v1/webhook-endpoints",
            object("url", "https://example.com/hook", "events", Json.array("*")),
            "/v1/webhook-endpoints"),
        arguments(
            "PUT",
            "/v1/fraud/rules",
            object("version", 0, "rules", Json.array()),
            "/v1/fraud/rules"));
  }

  @ParameterizedTest
  @MethodSource("makers")
  void makesNothingForACallerWhoDoesNotTakeTheAnswer(
      String method, String path, JsonNode body, String list) {
    String before = withoutLastUse(merchant.get(list).is(200));
    Call call =
        merchant
            .call(method, path.replace("{new}", "new"))
            .header("Idempotency-Key", "k")
            .body(body);

    call.header("Accept", "application/json;charset=ISO-8859-1")
        .send()
        .isProblem(406, "not_acceptable")
        .movedNothing();

    assertThat(withoutLastUse(merchant.get(list))).isEqualTo(before);
  }

  /** When a key was last used is written a little later. */
  private static String withoutLastUse(Answer answer) {
    return answer.text().replaceAll(",\"last_used_at\":[^,}]*", "");
  }

  @Test
  void changesNoPaymentForACallerWhoDoesNotTakeTheAnswer() {
    String payment = merchant.authorize(10, "alice", "shop");

    for (String operation : List.of("captures", "cancel")) {
      merchant
          .operation(payment, operation)
          .header("Accept", "application/json;charset=US-ASCII")
          .send()
          .isProblem(406, "not_acceptable")
          .movedNothing();
    }

    held(10);
  }

  @Test
  void answersARouteOfAnotherFormatInThatFormatOnly() {
    Call export = merchant.call("GET", "/v1/ledger/export?format=hledger");

    export.header("Accept", "application/json").send().isProblem(406, "not_acceptable");
    export
        .header("Accept", "text/plain;charset=ISO-8859-1")
        .send()
        .isProblem(406, "not_acceptable");
    export.header("Accept", "text/plain").send().is(200);
    export.header("Accept", "text/*;q=0.5, application/json").send().is(200);
    export.without("Accept").send().is(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "application/vnd.api+json",
        "application/problem+json",
        "application/*+json",
        "nonsense"
      })
  void refusesABodyInAnotherFormat(String type) {
    Call payment = merchant.payment(order(1, "alice", "shop")).header("Content-Type", type);

    payment.send().isProblem(415, "unsupported_media_type").movedNothing();
    nothingMoved();
    payment.header("Content-Type", "application/json; charset=utf-8").send().is(201);
  }

  @Test
  void refusesABodyWithoutAFormat() {
    merchant
        .payment(order(1, "alice", "shop"))
        .without("Content-Type")
        .send()
        .isProblem(415, "unsupported_media_type");
    nothingMoved();
  }

  @ParameterizedTest
  @CsvSource({
    "DELETE, /v1/payments, POST",
    "PUT, /v1/payments/pay_0, GET",
    "POST, /v1/events, GET",
    "DELETE, /v1/fraud/rules, GET",
    "DELETE, /v1/fraud/rules, PUT",
    "PATCH, /v1/transfers, POST"
  })
  void namesTheMethodsThatItTakes(String method, String path, String allowed) {
    Answer answer = merchant.call(method, path).send();

    answer.isProblem(405, "method_not_allowed");
    assertThat(answer.header("Allow").orElse("").split(", ?")).contains(allowed);
    assertThat(answer.header("Allow").orElse("").split(", ?")).doesNotContain(method);
  }

  @ParameterizedTest
  @CsvSource({
    "Payment-Deadline-Ms, 2000, invalid_request",
    "Content-Type, application/json, invalid_request",
    "Idempotency-Key, k, invalid_idempotency_key"
  })
  void refusesAHeaderThatStandsTwice(String name, String value, String code) {
    List<Call> calls =
        List.of(
            merchant.payment(order(1, "alice", "shop")),
            merchant.transfer(move(1, "alice", "shop")),
            merchant.operation(merchant.authorize(1, "alice", "shop"), "captures"),
            merchant.call("PUT", "/v1/accounts/new").body(object("currency", "EUR")),
            merchant.call("GET", "/v1/payments"));

    for (Call call : calls) {
      call.twice(name, value, value).send().isProblem(400, code).movedNothing();
      call.twice(name, value, "another").send().isProblem(400, code).movedNothing();
    }

    merchant.get("/v1/accounts/new").isProblem(404, "not_found");
    held(1);
  }

  @Test
  void refusesTwoCredentials() {
    String bearer = "Bearer " + merchant.secret();

    merchant
        .payment(order(1, "alice", "shop"))
        .twice("Authorization", bearer, "Bearer other")
        .send()
        .isProblem(400, "invalid_request")
        .movedNothing();

    nothingMoved();
  }

  @Test
  void findsTheKeyFreeThatStoodTwice() {
    Call payment = merchant.payment(order(1, "alice", "shop"));
    payment.twice("Idempotency-Key", "a", "b").send().isProblem(400, "invalid_idempotency_key");

    for (String key : List.of("a", "b", "a,b", "a, b")) {
      assertThat(payment.key(key).send().is(201).header("Idempotent-Replayed")).isEmpty();
    }
    moved(4);
  }

  /** So it leaves as a whole, and the client has read it to its end when it has read that much. */
  @Test
  void aShortAnswerSaysHowLongItIs() {
    Answer paid = merchant.pay(100, "alice", "shop").is(201);
    for (Answer answer :
        List.of(
            paid,
            merchant.pay(FUNDS * 2, "alice", "shop").is(402),
            merchant.find(paid.id()),
            merchant.refund(paid.id(), "amount", 10).is(201),
            merchant.transfer(move(1, "world", "shop")).send().is(201),
            merchant.get("/v1/payments?limit=1").is(200),
            merchant.get("/v1/payments?limit=x").is(400),
            merchant.get("/v1/ledger/trial-balance").is(200))) {
      assertThat(answer.header("Content-Length"))
          .as(answer.toString())
          .hasValue(Integer.toString(answer.text().getBytes(UTF_8).length));
    }
  }
}
