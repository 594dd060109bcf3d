package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

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
  @ValueSource(strings = {"text/html", "application/xml", "text/*;q=1", "nonsense"})
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
        "application/problem+json, application/json"
      })
  void answersInJsonWhereItIsAmongTheFormatsAskedFor(String accept) {
    Answer answer = merchant.call("GET", "/v1/accounts").header("Accept", accept).send().is(200);

    assertThat(answer.header("Content-Type").orElseThrow()).startsWith("application/json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense"})
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
    "PATCH, /v1/accounts/alice, PUT"
  })
  void namesTheMethodsThatItTakes(String method, String path, String allowed) {
    Answer answer = merchant.call(method, path).send();

    answer.isProblem(405, "method_not_allowed");
    assertThat(answer.header("Allow").orElse("").split(", ?")).contains(allowed);
    assertThat(answer.header("Allow").orElse("").split(", ?")).doesNotContain(method);
  }
}
