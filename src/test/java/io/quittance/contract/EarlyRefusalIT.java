package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.quittance.testing.Proves;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A service with room for one request, which somebody else has: what others hear. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "quittance.operator-key=" + Contract.OPERATOR_KEY,
      "quittance.admission.floor=1",
      "quittance.admission.ceiling=1",
      "quittance.fraud.timeout=30s"
    })
@ActiveProfiles("sandbox")
class EarlyRefusalIT extends Contract {

  private static final String BODY = "{\"amount\":1,\"currency\":\"EUR\"}";

  /** Is given when screening may answer. */
  private static final Semaphore ANSWERS = new Semaphore(0);

  private static final HttpServer SCREENING = screening();

  private final ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();

  @Autowired private ApplicationContext context;

  /** Waits for its screening. */
  private Future<Answer> slow;

  private static HttpServer screening() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            ANSWERS.acquireUninterruptibly();
            byte[] verdict =
                "{\"decision\":\"approve\",\"score\":0,\"reasons\":[]}".getBytes(UTF_8);
            exchange.sendResponseHeaders(200, verdict.length);
            exchange.getResponseBody().write(verdict);
            exchange.close();
          });
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @DynamicPropertySource
  static void screening(DynamicPropertyRegistry registry) {
    registry.add(
        "quittance.fraud.url", () -> "http://127.0.0.1:" + SCREENING.getAddress().getPort());
  }

  @AfterAll
  static void stop() {
    SCREENING.stop(0);
  }

  @BeforeEach
  void takeTheRoom() {
    Call payment = merchant.payment(order(1, "alice", "shop")).deadline(30_000);
    slow = others.submit(payment::send);
    Awaitility.await().until(() -> merchant.get("/v1/accounts").status() == 503);
  }

  @AfterEach
  void giveItBack() {
    if (!slow.isDone()) {
      ANSWERS.release();
    }
    Awaitility.await().until(() -> merchant.get("/v1/accounts").status() == 200);
    assertThat(slow).succeedsWithin(Duration.ofSeconds(10));
    others.close();
  }

  private String request(String line, String... headers) {
    return "%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s"
        .formatted(
            line,
            merchant.secret(),
            String.join("", Arrays.stream(headers).map(header -> header + "\r\n").toList()));
  }

  private String payment(String... headers) {
    return request("POST /v1/payments", headers)
        + "Content-Length: %d\r\n\r\n%s".formatted(BODY.length(), BODY);
  }

  @Test
  @Proves("more requests come")
  void eachGetsItsOwnRefusalOnAConnectionThatStaysOpen() throws IOException {
    try (var connection = new RawHttp(merchant.service())) {
      connection.say(
          payment("X-Request-Id: first")
              + request(
                  "GET /v1/accounts?limit=1", "Connection: keep-alive", "X-Request-Id: second")
              + "\r\n"
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
  @Proves("SIGTERM")
  void theRefusalEndsTheConnectionOfAReplicaThatStops() throws IOException {
    AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
    try (var connection = new RawHttp(merchant.service())) {
      connection.say(payment());

      String answer = connection.hear();

      RawHttp.assertProblem(answer, 503, "overloaded");
      assertThat(answer).contains("Connection: close");
    } finally {
      AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
    }
  }

  @Test
  void theSameConnectionIsServedOnceThereIsRoom() throws IOException {
    try (var connection = new RawHttp(merchant.service())) {
      connection.say(payment());
      Awaitility.await().until(() -> connection.heard() > 0);
      ANSWERS.release();
      Awaitility.await().until(() -> merchant.get("/v1/accounts").status() == 200);

      connection.say(request("GET /v1/accounts/alice", "Connection: close") + "\r\n");

      List<String> answers = answers(connection.hear());
      assertThat(answers).hasSize(2);
      assertThat(answers.get(0)).startsWith("HTTP/1.1 503");
      assertThat(answers.get(1)).startsWith("HTTP/1.1 200").contains("\"alice\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v1/payments HTTP/1.1\r\nAUTHORIZATION\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "POST /v1/payments HTTP/1.1\r\nAUTHORIZATION\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
        "POST /v1/payments HTTP/1.0\r\nAUTHORIZATION\r\nContent-Length: 2\r\n\r\n{}",
        "GET /v1/accounts HTTP/1.1\r\nAUTHORIZATION\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /v1/accounts HTTP/1.1\r\nAUTHORIZATION\r\nHost: x\r\nConnection: Keep-Alive, Close\r\n\r\n",
        "GET /v1/accounts HTTP/1.1\r\nAUTHORIZATION\r\nHost: x\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n",
        "POST /v1/%70ayments HTTP/1.1\r\nAUTHORIZATION\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
      })
  void whatIsNotPlainIsRefusedTheLongWay(String request) {
    String authorization = "Authorization: Bearer " + merchant.secret();
    String heard =
        RawHttp.exchange(merchant.service(), request.replace("AUTHORIZATION", authorization));

    // Where a client asks for it, leave to go on comes first (RFC 9110, 10.1.1).
    RawHttp.assertProblem(answers(heard).getLast(), 503, "overloaded");
  }

  @Test
  void aPathOfThousandsOfPartsIsRefusedLikeAnother() {
    String request = request("GET /v1" + "/a".repeat(3_800)) + "\r\n";

    RawHttp.assertProblem(RawHttp.exchange(merchant.service(), request), 503, "overloaded");
  }

  @Test
  void theAnswerToHeadHasNoBodyThatCouldPassForTheNextAnswer() throws IOException {
    try (var connection = new RawHttp(merchant.service())) {
      connection.say(request("HEAD /v1/accounts") + "\r\n");

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
