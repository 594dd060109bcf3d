package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no honest client sends is refused in our own words, soon, and moves nothing. */
abstract class EdgeContract extends Contract {

  private static final String CARD = "4111 1111 1111 1111";

  static Stream<Arguments> brokenRequests() {
    String end = "\r\nHost: x\r\nConnection: close\r\n\r\n";
    return Stream.of(
        argumentSet("an encoded NUL", "GET /v1/payments/a%00b HTTP/1.1" + end, 400),
        argumentSet("an encoded slash", "GET /v1/payments/a%2Fb HTTP/1.1" + end, 400),
        argumentSet("a broken escape", "GET /v1/payments/%zz HTTP/1.1" + end, 400),
        argumentSet("a bare angle", "GET /v1/<script> HTTP/1.1" + end, 400),
        argumentSet("a backslash", "GET /v1/pay\\ments HTTP/1.1" + end, 400),
        argumentSet("no host", "GET /v1/payments HTTP/1.1\r\n\r\n", 400),
        argumentSet("a bad host", "GET /v1/payments HTTP/1.1\r\nHost: a b/c\r\n\r\n", 400),
        argumentSet("two hosts", "GET /v1/payments HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        argumentSet("a long URL", "GET /v1/" + "x".repeat(9_000) + " HTTP/1.1" + end, 400),
        argumentSet(
            "a long header", "GET /v1/payments HTTP/1.1\r\nA: " + "x".repeat(9_000) + end, 400),
        argumentSet(
            "many headers", "GET /v1/payments HTTP/1.1\r\n" + "A: b\r\n".repeat(200) + end, 400),
        argumentSet(
            "two lengths",
            "POST /v1/payments HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2" + end,
            400));
  }

  @ParameterizedTest
  @MethodSource("brokenRequests")
  void refusesBrokenRequestsWithoutAWordAboutTheServer(String request, int status) {
    String answer = RawHttp.exchange(merchant.service(), request);

    RawHttp.assertProblem(answer, status, "invalid_request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/0.9\r\n\r\n",
        "GET /\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "nonsense\r\n\r\n",
        "G\u0001T / HTTP/1.1\r\nHost: x\r\n\r\n"
      })
  void saysNothingOfItselfToWhatIsNotHttp(String request) {
    String answer = RawHttp.exchange(merchant.service(), request);

    assertThat(answer.toLowerCase(java.util.Locale.ROOT))
        .doesNotContain("<html", "tomcat", "java.", "exception", "org.apache");
  }

  @Test
  void refusesTrace() {
    String request = "TRACE /v1/payments HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    RawHttp.assertProblem(RawHttp.exchange(merchant.service(), request), 405, "method_not_allowed");
  }

  @Test
  void refusesABodyWhoseChunksAreBroken() {
    String answer =
        RawHttp.exchange(merchant.service(), head("Transfer-Encoding: chunked") + "zz\r\n{}\r\n");

    RawHttp.assertProblem(answer, 400, "invalid_request");
    nothingMoved();
  }

  @Test
  void endsARequestWhoseBodyDrips() throws Exception {
    assertEnds(head("Content-Length: 60000"), " ", true);
    nothingMoved();
  }

  @Test
  void endsARequestWhoseBodyNeverComes() throws Exception {
    try (var raw = new RawHttp(merchant.service())) {
      raw.say(head("Content-Length: 60000") + "{");

      RawHttp.assertProblem(raw.hear(), 400, "invalid_request");
    }
    nothingMoved();
  }

  @Test
  void endsARequestWhoseHeadersDrip() throws Exception {
    assertEnds("GET /v1/payments HTTP/1.1\r\nHost: x\r\nX-Slow: ", "x", false);
  }

  /** Keeps sending until the service hangs up: if it never does, the test never ends well. */
  private void assertEnds(String start, String drop, boolean answered) throws Exception {
    try (var raw = new RawHttp(merchant.service())) {
      raw.say(start);
      var ended = new CountDownLatch(1);
      Thread dripping =
          Thread.startVirtualThread(
              () -> {
                try {
                  while (!ended.await(100, TimeUnit.MILLISECONDS)) {
                    raw.say(drop);
                  }
                } catch (IOException | InterruptedException e) {
                  ended.countDown();
                }
              });

      String answer = raw.hear();

      ended.countDown();
      dripping.join();
      if (answered) {
        RawHttp.assertProblem(answer, 400, "invalid_request");
      }
    }
  }

  static Stream<Arguments> refusedBeforeTheEnd() {
    String broken = "{\"payments\":[{\"amount\":true}," + " ".repeat(3_000_000) + "]}";
    return Stream.of(
        argumentSet("too long", "/v1/payments", true, " ".repeat(500_000), 413),
        argumentSet("far too long", "/v1/payments", true, " ".repeat(1_000_000), 413),
        argumentSet("a batch too long", "/v1/payment-batches", true, " ".repeat(9_000_000), 413),
        argumentSet("events too long", "/v1/analytics/events", true, " ".repeat(6_000_000), 413),
        argumentSet("a stranger", "/v1/payments", false, " ".repeat(60_000), 401),
        argumentSet("a stranger's batch", "/v1/payment-batches", false, broken, 401),
        argumentSet("a stranger's events", "/v1/analytics/events", false, broken, 401),
        argumentSet("a broken batch", "/v1/payment-batches", true, broken, 400),
        argumentSet("no such path", "/v1/payments;a=b", true, " ".repeat(60_000), 404),
        argumentSet("no such method", "/v1/payments/pay_1", true, " ".repeat(60_000), 405));
  }

  /** Most clients send all of a request before they look for its answer. */
  @ParameterizedTest
  @MethodSource("refusedBeforeTheEnd")
  void answersAClientThatSendsToTheEnd(String path, boolean known, String body, int status)
      throws Exception {
    String head =
        ("POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIdempotency-Key: k\r\n"
                + "Content-Type: application/json\r\n%sContent-Length: %d\r\n\r\n")
            .formatted(
                path,
                known ? "Authorization: Bearer %s\r\n".formatted(merchant.secret()) : "",
                body.length());
    try (var raw = new RawHttp(merchant.service())) {
      raw.say(head);
      int piece = body.length() / 20;
      for (int sent = 0; sent < body.length(); sent += piece) {
        Thread.sleep(10);
        raw.say(body.substring(sent, Math.min(body.length(), sent + piece)));
      }

      assertThat(raw.hear())
          .startsWith("HTTP/1.1 " + status)
          .contains("Connection: close", "\"outcome\":\"none\"");
    }
    nothingMoved();
  }

  private String head(String length) {
    return ("POST /v1/payments HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIdempotency-Key: k\r\n"
            + "Content-Type: application/json\r\nAuthorization: Bearer %s\r\n%s\r\n\r\n")
        .formatted(merchant.secret(), length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "application/json; charset=iso-8859-1",
        "application/json; charset=nonsense"
      })
  void readsNothingButJsonInUtf8(String type) {
    merchant
        .payment(order(1, "alice", "shop"))
        .header("Content-Type", type)
        .send()
        .isProblem(415, "unsupported_media_type");
    nothingMoved();
  }

  @Test
  void limitsDepthAndNumbers() {
    String deep = "{\"version\":0,\"rules\":[],\"fallback\":%s}";
    String nested = "[".repeat(17) + "]".repeat(17);
    String digits = "1".repeat(41);

    for (String value : List.of(nested, digits)) {
      Call call = merchant.call("PUT", "/v1/fraud/rules").body(deep.formatted(value));
      call.send().isProblem(400, "malformed_json");
    }
  }

  @Test
  void refusesCardNumbersWhereverTheyAreWritten() {
    refusesCard("POST", "/v1/payments", order(1, "alice", "shop").put("description", CARD));
    refusesCard("POST", "/v1/payments", order(1, "alice", "shop").put("reference", CARD));
    refusesCard(
        "POST",
        "/v1/payments",
        order(1, "alice", "shop").set("metadata", object("note", "card " + CARD)));
    refusesCard(
        "POST", "/v1/payments", order(1, "alice", "shop").set("metadata", object(CARD, "note")));
    refusesCard("POST", "/v1/transfers", move(1, "alice", "shop").put("reference", CARD));
    refusesCard("PUT", "/v1/accounts/new", object("currency", "EUR", "name", CARD));
    refusesCard("PUT", "/v1/accounts/4111111111111111", object("currency", "EUR"));
    refusesCard("POST", "/v1/api-keys", object("name", CARD, "scopes", Json.array("ledger:read")));
    String held = merchant.authorize(1, "alice", "shop");
    refusesCard("POST", "/v1/payments/" + held + "/refunds", object("reason", CARD));
    refusesCard(
        "POST", "/v1/payments/" + held + "/review", object("decision", "approve", "reason", CARD));
    merchant.cancel(held).is(200);
    nothingMoved();
  }

  private void refusesCard(String method, String path, JsonNode body) {
    Answer answer = merchant.call(method, path).randomKey().body(body).send();

    answer.isProblem(400, "invalid_request");
    assertThat(answer.text()).doesNotContain("411111", "4111 1111").contains("card number");
  }

  @Test
  void neverRepeatsACardNumberOrAKey() {
    String digits = CARD.replace(" ", "");
    List<Answer> answers =
        List.of(
            merchant.get("/v1/accounts/" + digits),
            merchant.get("/v1/payments?" + digits + "=1"),
            merchant.pay(order(1, "alice", "shop").put(digits, 1)),
            merchant.call("GET", "/v1/nothing").header("X-Request-Id", digits).send(),
            merchant.get("/v1/accounts/" + merchant.secret()),
            merchant.get("/v1/payments?" + merchant.secret() + "=1"));

    for (Answer answer : answers) {
      assertThat(answer.status()).isGreaterThanOrEqualTo(400);
      assertThat(answer.toString()).doesNotContain(digits, merchant.secret());
    }
  }

  @Test
  void takesLongNumbersThatAreNotCards() {
    merchant
        .pay(order(1, "alice", "shop").put("reference", "1764000000000000").put("description", "9"))
        .is(201);
    moved(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/v1/accounts", "/v1/accounts/alice/entries", "/v1/api-keys", "/v1/payments"})
  void refusesParametersThatAListDoesNotKnow(String list) {
    merchant.get(list + "?limit=1").is(200);

    Answer answer = merchant.get(list + "?limt=1").isProblem(400, "invalid_request");

    assertThat(answer.text("/errors/0/param")).isEqualTo("limt");
  }

  @Test
  void sendsTheSameHeadersWithEveryAnswer() {
    for (Answer answer :
        List.of(
            merchant.get("/v1/accounts"),
            merchant.get("/v1/nothing"),
            merchant.anonymous().get("/v1/accounts"),
            merchant.anonymous().get("/nothing"),
            merchant.pay(1, "alice", "nobody"))) {
      assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
      assertThat(answer.header("Cache-Control")).contains("no-store");
      assertThat(answer.header("Content-Security-Policy"))
          .contains("default-src 'none'; frame-ancestors 'none'");
      assertThat(answer.header("Referrer-Policy")).contains("no-referrer");
      assertThat(answer.header("Server")).isEmpty();
      assertThat(answer.header("Strict-Transport-Security")).isEmpty();
    }
  }
}
