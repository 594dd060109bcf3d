package io.quittance.contract;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A remote screening service is believed when it answers as agreed, and only then. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "quittance.operator-key=" + Contract.OPERATOR_KEY,
      "quittance.deadline.default-ms=20000"
    })
@ActiveProfiles("sandbox")
class RemoteScreeningIT extends Contract {

  private static final String APPROVAL = "{\"decision\":\"approve\",\"score\":1,\"reasons\":[]}";
  private static final int FOREVER_MS = 20_000;

  private static final Postgres.Database DATABASE = Postgres.create();
  private static final WireMockServer SCREENING =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  @DynamicPropertySource
  static void start(DynamicPropertyRegistry registry) {
    SCREENING.start();
    registry.add("quittance.fraud.url", () -> SCREENING.baseUrl() + "/screen");
    DATABASE.provideTo(registry);
  }

  @BeforeEach
  void forgetAnswers() {
    SCREENING.resetAll();
  }

  @AfterAll
  static void stop() {
    SCREENING.stop();
    new LedgerAudit(DATABASE).passes();
  }

  @Test
  void isAskedOnceWithWhatIsLeftOfTheDeadline() {
    screeningAnswers(okJson(APPROVAL));
    var metadata = object("order", "7");
    var order = order(100, "alice", "shop");
    order.set("metadata", metadata);

    Answer answer = merchant.payment(order).deadline(9_000).send().is(201);

    var requests = SCREENING.findAll(postRequestedFor(urlEqualTo("/screen")));
    assertThat(requests).hasSize(1);
    var request = requests.getFirst();
    assertThat(request.getHeader("Payment-Deadline-Ms")).matches("\\d+");
    assertThat(Long.parseLong(request.getHeader("Payment-Deadline-Ms"))).isBetween(1L, 9_000L);
    assertThat(request.getHeader("Content-Type")).isEqualTo("application/json");
    var question = order.deepCopy().put("payment_id", answer.id());
    question.put("merchant_id", Json.parse(request.getBodyAsString()).path("merchant_id").asText());
    assertThat(question.path("merchant_id").asText()).startsWith("mch_");
    SCREENING.verify(
        postRequestedFor(urlEqualTo("/screen")).withRequestBody(equalToJson(question.toString())));
    moved(100);
  }

  @Test
  void letsAPaymentPassThatIsApproved() {
    screeningAnswers(okJson(verdict("approve", 7, "\"known payer\"")));

    Answer answer = merchant.pay(100, "alice", "shop").is(201);

    assertThat(answer.text("/status")).isEqualTo("succeeded");
    screenedRemotely(answer, "approve", 7, "known payer");
    moved(100);
  }

  @Test
  void keepsTheHoldOfAPaymentThatIsToBeReviewed() {
    screeningAnswers(okJson(verdict("review", 60, "\"new device\",\"odd hour\"")));

    Answer answer = merchant.pay(100, "alice", "shop").is(202);

    assertThat(answer.text("/status")).isEqualTo("in_review");
    screenedRemotely(answer, "review", 60, "new device", "odd hour");
    held(100);
  }

  @Test
  void givesTheHoldOfADeclinedPaymentBack() {
    screeningAnswers(okJson(verdict("decline", 100, "")));

    Answer answer = merchant.pay(100, "alice", "shop");

    answer.isProblem(402, "fraud_declined").movedNothing();
    Answer payment = merchant.find(answer.text("/payment_id"));
    assertThat(payment.text("/status")).isEqualTo("declined");
    screenedRemotely(payment, "decline", 100);
    nothingMoved();
  }

  private static void screenedRemotely(
      Answer payment, String decision, int score, String... reasons) {
    assertThat(payment.text("/fraud/source")).isEqualTo("remote");
    assertThat(payment.text("/fraud/decision")).isEqualTo(decision);
    assertThat(payment.number("/fraud/score")).isEqualTo(score);
    assertThat(Json.texts(payment.body().at("/fraud/reasons"))).containsExactly(reasons);
  }

  static Stream<Arguments> notAsAgreed() {
    return Stream.of(
        argumentSet("cut JSON", okJson(APPROVAL.substring(0, APPROVAL.length() - 1))),
        argumentSet("no JSON", okJson("approve")),
        argumentSet("two answers", okJson(APPROVAL + APPROVAL)),
        argumentSet("a field twice", okJson(APPROVAL.replace("{", "{\"decision\":\"decline\","))),
        argumentSet("an unknown field", okJson(APPROVAL.replace("{", "{\"decison\":\"decline\","))),
        argumentSet("900 KB", okJson(APPROVAL + " ".repeat(900_000))),
        argumentSet("a score of 101", okJson(verdict("approve", 101, ""))),
        argumentSet("a score of -1", okJson(verdict("approve", -1, ""))),
        argumentSet("a score of 1.5", okJson(verdict("approve", 1.5, ""))),
        argumentSet("a score of 1.0", okJson(verdict("approve", 1.0, ""))),
        argumentSet("a score of 2^32", okJson(verdict("approve", 1L << 32, ""))),
        argumentSet("a score in quotes", okJson(verdict("approve", "\"1\"", ""))),
        argumentSet("a score of true", okJson(verdict("approve", true, ""))),
        argumentSet("a score of null", okJson(verdict("approve", null, ""))),
        argumentSet("no score", okJson("{\"decision\":\"approve\",\"reasons\":[]}")),
        argumentSet("a decision unheard of", okJson(verdict("maybe", 1, ""))),
        argumentSet("a shouted decision", okJson(verdict("APPROVE", 1, ""))),
        argumentSet("an empty decision", okJson(verdict("", 1, ""))),
        argumentSet("a numbered decision", okJson(APPROVAL.replace("\"approve\"", "0"))),
        argumentSet("a decision of null", okJson(APPROVAL.replace("\"approve\"", "null"))),
        argumentSet("no decision", okJson("{\"score\":1,\"reasons\":[]}")),
        argumentSet("no reasons", okJson("{\"decision\":\"approve\",\"score\":1}")),
        argumentSet("a number as reason", okJson(verdict("approve", 1, "1"))),
        argumentSet("null as reason", okJson(verdict("approve", 1, "null"))),
        argumentSet("a reason of 201", okJson(verdict("approve", 1, '"' + "x".repeat(201) + '"'))),
        argumentSet("an unprintable reason", okJson(verdict("approve", 1, "\"\\u0000\""))),
        argumentSet("51 reasons", okJson(verdict("approve", 1, "\"r\",".repeat(50) + "\"r\""))),
        argumentSet("nothing", okJson("")),
        argumentSet("null", okJson("null")),
        argumentSet("an array", okJson("[" + APPROVAL + "]")),
        argumentSet("status 500", okJson(APPROVAL).withStatus(500)),
        argumentSet("status 201", okJson(APPROVAL).withStatus(201)),
        argumentSet("status 204", aResponse().withStatus(204)),
        argumentSet("a redirect", redirect(302)),
        argumentSet("a redirect of a POST", redirect(307)),
        argumentSet("no answer", aResponse().withFault(Fault.EMPTY_RESPONSE)),
        argumentSet("a reset", aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)),
        argumentSet("rubbish", aResponse().withFault(Fault.RANDOM_DATA_THEN_CLOSE)),
        argumentSet("a broken chunk", okJson(APPROVAL).withFault(Fault.MALFORMED_RESPONSE_CHUNK)));
  }

  @ParameterizedTest
  @MethodSource("notAsAgreed")
  void isNotBelievedWhenItDoesNotAnswerAsAgreed(ResponseDefinitionBuilder hostile) {
    screeningAnswers(hostile);

    Answer answer = merchant.pay(100, "alice", "shop");

    answer.isProblem(503, "dependency_unavailable").movedNothing();
    assertThat(answer.text("/dependency")).isEqualTo("fraud");
    failedUnscreened(answer);
    SCREENING.verify(1, postRequestedFor(urlEqualTo("/screen")));
    SCREENING.verify(0, postRequestedFor(urlEqualTo("/elsewhere")));
  }

  static Stream<Arguments> tooLate() {
    return Stream.of(
        argumentSet("slow", okJson(APPROVAL).withFixedDelay(FOREVER_MS)),
        argumentSet("dripping", okJson(APPROVAL).withChunkedDribbleDelay(40, FOREVER_MS)));
  }

  @ParameterizedTest
  @MethodSource("tooLate")
  void isNotWaitedForBeyondTheDeadline(ResponseDefinitionBuilder late) {
    screeningAnswers(late);
    double before = missed("createPayment");

    Answer answer = merchant.payment(order(100, "alice", "shop")).deadline(600).send();

    answer.isProblem(504, "deadline_exceeded").movedNothing();
    failedUnscreened(answer);
    assertThat(missed("createPayment")).isEqualTo(before + 1);
  }

  /** Whichever is noticed first: that it is late, or that it is too much. */
  @Test
  void isNotWaitedForWhileItDripsOnAndOn() {
    screeningAnswers(
        okJson(APPROVAL + " ".repeat(900_000)).withChunkedDribbleDelay(4_000, FOREVER_MS));

    Answer answer = merchant.payment(order(100, "alice", "shop")).deadline(600).send();

    assertThat(answer.status()).isIn(503, 504);
    failedUnscreened(answer.movedNothing());
  }

  /** So many failures would open the breaker, for all merchants. */
  @Test
  @Proves("the remote screening refuses one payment")
  void isAskedAboutOthersAfterItHasRefusedPayments() {
    screeningAnswers(aResponse().withStatus(422));
    for (int i = 0; i < 12; i++) {
      failedUnscreened(merchant.pay(100, "alice", "shop").isProblem(503, "dependency_unavailable"));
    }
    screeningAnswers(okJson(APPROVAL));

    merchant.pay(100, "alice", "shop").is(201);

    moved(100);
  }

  @Test
  void isReplacedByTheFallbackWhenItDoesNotAnswerAsAgreed() {
    merchant.fallback("review");
    screeningAnswers(okJson(verdict("approve", 101, "")));

    Answer answer = merchant.pay(100, "alice", "shop").is(202);

    assertThat(answer.text("/status")).isEqualTo("in_review");
    assertThat(answer.text("/fraud/source")).isEqualTo("fallback");
    held(100);
  }

  private void failedUnscreened(Answer answer) {
    Answer payment = merchant.find(answer.text("/payment_id"));
    assertThat(payment.text("/status")).isEqualTo("failed");
    assertThat(payment.text("/fraud/decision")).isNotEqualTo("approve");
    nothingMoved();
  }

  private static void screeningAnswers(ResponseDefinitionBuilder answer) {
    SCREENING.stubFor(post("/screen").willReturn(answer));
    SCREENING.stubFor(post("/elsewhere").willReturn(okJson(APPROVAL)));
  }

  private static ResponseDefinitionBuilder redirect(int status) {
    return okJson(APPROVAL).withStatus(status).withHeader("Location", "/elsewhere");
  }

  private static String verdict(String decision, Object score, String reasons) {
    return "{\"decision\":\"%s\",\"score\":%s,\"reasons\":[%s]}"
        .formatted(decision, score, reasons);
  }
}
