package io.quittance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;

/** A service with room for one request, which somebody else has: what others hear at the door. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "quittance.operator-key=" + Contract.OPERATOR_KEY,
      "quittance.admission.floor=1",
      "quittance.admission.ceiling=1"
    })
@ActiveProfiles("sandbox")
class DoorIT extends Contract {

  private static final String BODY = "{\"amount\":1,\"currency\":\"EUR\"}";

  /** Has begun to send a request, and has not ended. */
  private RawHttp slow;

  @BeforeEach
  void takeTheRoom() throws IOException {
    slow = new RawHttp(merchant.service());
    slow.say(
        "POST /v1/transfers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Authorization: Bearer %s\r\nContent-Length: 9\r\n\r\n{"
                .formatted(merchant.secret()));
    Awaitility.await().until(() -> merchant.get("/v1/accounts").status() == 503);
  }

  @AfterEach
  void giveItBack() throws IOException {
    slow.close();
    Awaitility.await().until(() -> merchant.get("/v1/accounts").status() == 200);
  }

  private static String payment(String... headers) {
    return "POST /v1/payments HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n%s"
        .formatted(
            String.join("", Arrays.stream(headers).map(header -> header + "\r\n").toList()),
            BODY.length(),
            BODY);
  }

  @Test
  void eachGetsItsOwnRefusalOnAConnectionThatStaysOpen() throws IOException {
    try (var connection = new RawHttp(merchant.service())) {
      connection.say(
          payment("X-Request-Id: first")
              + "GET /v1/accounts?limit=1 HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\nX-Request-Id: second\r\n\r\n"
              + payment("X-Request-Id: third", "Connection: close"));

      List<String> answers = answers(connection.hear());

      assertThat(answers).hasSize(3);
      assertThat(answers)
          .allSatisfy(answer -> RawHttp.assertProblem(answer, 503, "overloaded"))
          .allSatisfy(answer -> assertThat(answer).containsPattern("(?i)retry-after: [1-9]"));
      assertThat(answers)
          .map(answer -> RawHttp.body(answer).path("request_id").asText())
          .containsExactly("first", "second", "third");
      JsonNode payment = RawHttp.body(answers.getFirst());
      assertThat(payment.path("instance").asText()).isEqualTo("/v1/payments");
      assertThat(payment.path("retryable").asBoolean()).isTrue();
      assertThat(answers.getFirst()).containsIgnoringCase("x-request-id: first");
      assertThat(answers.get(1)).doesNotContainIgnoringCase("connection: close");
    }
  }

  @Test
  void theSameConnectionIsServedOnceThereIsRoom() throws IOException {
    try (var connection = new RawHttp(merchant.service())) {
      connection.say(payment());
      Awaitility.await().until(() -> connection.heard() > 0);
      giveItBack();

      connection.say(
          "GET /v1/accounts/alice HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
              + merchant.secret()
              + "\r\n\r\n");

      List<String> answers = answers(connection.hear());
      assertThat(answers).hasSize(2);
      assertThat(answers.get(0)).startsWith("HTTP/1.1 503");
      assertThat(answers.get(1)).startsWith("HTTP/1.1 200").contains("\"alice\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v1/payments HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "POST /v1/payments HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
        "POST /v1/payments HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}",
        "GET /v1/accounts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /v1/accounts HTTP/1.1\r\nHost: x\r\nConnection: Keep-Alive, Close\r\n\r\n",
        "GET /v1/accounts HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n",
        "POST /v1/%70ayments HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
      })
  void whatIsNotPlainIsRefusedTheLongWay(String request) {
    String heard = RawHttp.exchange(merchant.service(), request);

    // Where a client asks for it, leave to go on comes first (RFC 9110, 10.1.1).
    RawHttp.assertProblem(answers(heard).getLast(), 503, "overloaded");
  }

  @Test
  void aPathOfThousandsOfPartsIsRefusedLikeAnother() {
    String request = "GET /v1" + "/a".repeat(3_900) + " HTTP/1.1\r\nHost: x\r\n\r\n";

    RawHttp.assertProblem(RawHttp.exchange(merchant.service(), request), 503, "overloaded");
  }

  @Test
  void theAnswerToHeadHasNoBodyThatCouldPassForTheNextAnswer() throws IOException {
    try (var connection = new RawHttp(merchant.service())) {
      connection.say("HEAD /v1/accounts HTTP/1.1\r\nHost: x\r\n\r\n");

      assertThat(connection.hear()).startsWith("HTTP/1.1 503").doesNotContain("{");
    }
  }

  @Test
  void aBodyThatHasNotArrivedIsNotTakenForTheNextRequest() throws IOException {
    try (var connection = new RawHttp(merchant.service())) {
      String request = payment();
      connection.say(request.substring(0, request.length() - 20));
      connection.say(request.substring(request.length() - 20) + payment("Connection: close"));

      // The long way closes the connection after the first of them.
      assertThat(answers(connection.hear()))
          .hasSizeBetween(1, 2)
          .allSatisfy(answer -> RawHttp.assertProblem(answer, 503, "overloaded"));
    }
  }

  @Test
  void healthAndWhatIsNoneOfTheApiIsServed() {
    merchant.get("/v3/api-docs").is(200);
    merchant.get("/actuator/health/liveness").is(200);
  }

  private static List<String> answers(String heard) {
    return Arrays.stream(heard.split("(?=HTTP/1\\.1 \\d)")).filter(s -> !s.isEmpty()).toList();
  }
}
