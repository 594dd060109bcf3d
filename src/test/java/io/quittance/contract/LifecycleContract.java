package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.Proves;
import io.quittance.web.TypeId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What becomes of a payment after its first answer. */
abstract class LifecycleContract extends Contract {

  private static final Duration SWEPT_WITHIN = Duration.ofSeconds(20);

  @Autowired private JdbcClient jdbc;

  @Test
  void capturesAllThatIsHeld() {
    String id = merchant.authorize(250, "alice", "shop");

    Answer capture = merchant.capture(id).is(201);

    assertThat(capture.id()).startsWith("cap_");
    assertThat(capture.text("/payment_id")).isEqualTo(id);
    assertThat(capture.number("/amount")).isEqualTo(250);
    assertThat(capture.text("/currency")).isEqualTo("EUR");
    assertThat(capture.body().path("final").asBoolean()).isTrue();
    assertThat(capture.number("/deadline/granted_ms")).isEqualTo(2000);
    assertThat(capture.header("Server-Timing").orElseThrow()).contains("ledger;dur=");
    assertPayment(id, "succeeded", 250, 0, 0);
    assertThat(merchant.find(id).text("/captured_at")).matches(TIME);
    moved(250);
    assertThat(types(id))
        .containsExactly("payment.authorized", "payment.captured", "payment.succeeded");
    assertThat(scopes(id)).containsExactly("payment", "capture");
  }

  @Test
  void givesBackWhatAFinalCaptureLeaves() {
    String id = merchant.authorize(250, "alice", "shop");

    merchant.capture(id, "amount", 100).is(201);

    assertPayment(id, "succeeded", 100, 0, 0);
    moved(100);
    merchant.capture(id, "amount", 1).isProblem(409, "invalid_state").movedNothing();
  }

  @Test
  void capturesPartByPart() {
    String id = merchant.authorize(250, "alice", "shop");

    assertThat(merchant.capture(id, "amount", 100, "final", false).is(201).text("/final"))
        .isEqualTo("false");
    assertPayment(id, "authorized", 100, 150, 0);
    assertThat(merchant.balance("alice", "pending_out")).isEqualTo(150);
    assertThat(merchant.balance("shop", "posted")).isEqualTo(100);
    merchant.capture(id, "amount", 151, "final", false).isProblem(422, "amount_exceeds_capturable");
    merchant.capture(id, "amount", 50, "final", false).is(201);
    merchant.capture(id, "amount", 60).is(201);

    assertPayment(id, "succeeded", 210, 0, 0);
    moved(210);
    JsonNode captures = merchant.get("/v1/payments/" + id + "/captures").is(200).body();
    assertThat(captures.path("data").findValuesAsText("amount")).containsExactly("60", "50", "100");
  }

  @Test
  void endsWithTheCaptureThatLeavesNothing() {
    String id = merchant.authorize(250, "alice", "shop");

    merchant.capture(id, "amount", 250, "final", false).is(201);

    assertPayment(id, "succeeded", 250, 0, 0);
    moved(250);
  }

  @Test
  void neverCapturesMoreThanIsHeldHoweverManyTry() {
    String id = merchant.authorize(100, "alice", "shop");

    List<Answer> answers = Burst.of(12, i -> merchant.capture(id, "amount", 30, "final", false));

    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(3);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 201)
        .allSatisfy(answer -> answer.isProblem(422, "amount_exceeds_capturable"));
    assertPayment(id, "authorized", 90, 10, 0);
  }

  @Test
  void cancelsWhatIsHeld() {
    String id = merchant.authorize(250, "alice", "shop");

    Answer canceled = merchant.cancel(id).is(200);

    assertThat(canceled.text("/status")).isEqualTo("canceled");
    assertThat(canceled.text("/canceled_at")).matches(TIME);
    nothingMoved();
    assertThat(types(id)).containsExactly("payment.authorized", "payment.canceled");
    Answer late = merchant.capture(id).isProblem(409, "invalid_state").movedNothing();
    assertThat(late.text("/detail")).contains("canceled");
    assertThat(late.text("/payment_id")).isEqualTo(id);
    merchant.cancel(id).isProblem(409, "invalid_state");
    merchant.refund(id).isProblem(409, "invalid_state");
  }

  @Test
  void succeedsWithWhatWasCapturedBeforeItWasCanceled() {
    String id = merchant.authorize(250, "alice", "shop");
    merchant.capture(id, "amount", 100, "final", false).is(201);

    Answer canceled = merchant.cancel(id).is(200);

    assertThat(canceled.text("/status")).isEqualTo("succeeded");
    assertPayment(id, "succeeded", 100, 0, 0);
    moved(100);
  }

  @Test
  void doesNotCancelWhatHasSucceeded() {
    String id = merchant.pay(250, "alice", "shop").is(201).id();

    merchant.cancel(id).isProblem(409, "invalid_state");

    moved(250);
  }

  @Test
  void hasOneWinnerBetweenCaptureAndCancel() {
    for (int round = 0; round < 8; round++) {
      String id = merchant.authorize(10, "alice", "shop");
      List<Answer> answers =
          Burst.of(6, i -> i % 2 == 0 ? merchant.capture(id) : merchant.cancel(id));

      assertThat(answers).filteredOn(answer -> answer.status() < 300).hasSize(1);
      assertThat(answers)
          .filteredOn(answer -> answer.status() >= 300)
          .allSatisfy(answer -> answer.isProblem(409, "invalid_state"));
      Answer winner =
          answers.stream().filter(answer -> answer.status() < 300).findFirst().orElseThrow();
      assertThat(merchant.find(id).text("/status"))
          .isEqualTo(winner.status() == 201 ? "succeeded" : "canceled");
    }
    assertThat(merchant.balance("alice", "pending_out")).isZero();
  }

  @Test
  void refundsPartByPart() {
    String id = merchant.pay(250, "alice", "shop").is(201).id();

    Answer refund = merchant.refund(id, "amount", 100, "reason", "broken").is(201);

    assertThat(refund.id()).startsWith("ref_");
    assertThat(refund.text("/payment_id")).isEqualTo(id);
    assertThat(refund.number("/amount")).isEqualTo(100);
    assertThat(refund.text("/reason")).isEqualTo("broken");
    assertPayment(id, "succeeded", 250, 0, 100);
    merchant.refund(id, "amount", 151).isProblem(422, "amount_exceeds_refundable");
    assertThat(merchant.refund(id).is(201).number("/amount")).isEqualTo(150);
    merchant.refund(id).isProblem(422, "amount_exceeds_refundable");
    nothingMoved();
    JsonNode refunds = merchant.get("/v1/payments/" + id + "/refunds").is(200).body();
    assertThat(refunds.path("data").findValuesAsText("amount")).containsExactly("150", "100");
    assertThat(types(id))
        .containsExactly("payment.succeeded", "refund.succeeded", "refund.succeeded");
  }

  @Test
  void refundsNoMoreThanWasCapturedHoweverManyTry() {
    String id = merchant.pay(100, "alice", "shop").is(201).id();
    merchant.pay(100, "alice", "shop").is(201);

    List<Answer> answers = Burst.of(12, i -> merchant.refund(id, "amount", 30));

    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(3);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 201)
        .allSatisfy(answer -> answer.isProblem(422, "amount_exceeds_refundable"));
    assertPayment(id, "succeeded", 100, 0, 90);
    moved(110);
  }

  @Test
  void refundsWhatIsCapturedWhileTheRestIsHeld() {
    String id = merchant.authorize(250, "alice", "shop");
    merchant.refund(id).isProblem(409, "invalid_state");
    merchant.capture(id, "amount", 100, "final", false).is(201);

    merchant.refund(id).is(201);

    assertPayment(id, "authorized", 100, 150, 100);
    merchant.refund(id).isProblem(422, "amount_exceeds_refundable");
  }

  @Test
  void refundsOnlyFromFundsThatThePayeeHas() {
    String id = merchant.pay(100, "alice", "shop").is(201).id();
    merchant.open("supplier");
    merchant.pay(80, "shop", "supplier").is(201);
    Call refund = merchant.operation(id, "refunds");

    refund.send().isProblem(402, "insufficient_funds").movedNothing();
    merchant.pay(80, "alice", "shop").is(201);

    refund.send().isProblem(402, "insufficient_funds");
    merchant.refund(id).is(201);
  }

  @Test
  @Proves({"the clock of the database is ahead", "a hold's time is over"})
  void expiresByTheDatabasesClockWithoutAnySweeper() {
    String id = merchant.authorize(250, "alice", "shop");
    letTheHoldRunOut(id);

    Answer late = merchant.capture(id).isProblem(409, "invalid_state").movedNothing();

    assertThat(late.text("/detail")).contains("expired");
    assertPayment(id, "expired", 0, 0, 0);
    nothingMoved();
    assertThat(types(id)).containsExactly("payment.authorized", "payment.expired");
  }

  @Test
  @Proves("a hold's time is over")
  void expiresUnaskedSoonAfterItsTime() {
    String id = merchant.authorize(250, "alice", "shop");
    String parked = park(70);
    letItsTimeBeOver(id);
    letItsTimeBeOver(parked);

    await().atMost(SWEPT_WITHIN).until(() -> status(id) + status(parked), "expiredexpired"::equals);

    merchant.review(parked, "approve").isProblem(409, "invalid_state");
    nothingMoved();
  }

  @Test
  @Proves("a hold's time is over")
  void keepsWhatWasCapturedBeforeItExpired() {
    String id = merchant.authorize(250, "alice", "shop");
    merchant.capture(id, "amount", 100, "final", false).is(201);
    letTheHoldRunOut(id);

    merchant.cancel(id).isProblem(409, "invalid_state");

    assertPayment(id, "succeeded", 100, 0, 0);
    moved(100);
  }

  @Test
  void hasOneWinnerAmongReviewers() {
    String id = park(70);

    List<Answer> answers =
        Burst.of(8, i -> merchant.review(id, i % 2 == 0 ? "approve" : "decline"));

    assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 200)
        .allSatisfy(answer -> answer.isProblem(409, "invalid_state"));
    assertThat(status(id)).isIn("succeeded", "declined");
    moved(status(id).equals("succeeded") ? 70 : 0);
  }

  @Test
  void doesNotCancelOrCaptureWhatIsInReview() {
    String id = park(70);

    merchant.capture(id).isProblem(409, "invalid_state");
    merchant.cancel(id).isProblem(409, "invalid_state");

    assertThat(status(id)).isEqualTo("in_review");
  }

  private String park(long amount) {
    merchant.rules(
        Json.array(
            object(
                "id",
                "look",
                "kind",
                "amount_limit",
                "action",
                "review",
                "amount",
                amount - 1,
                "currency",
                "EUR")));
    String id = merchant.pay(order(amount, "alice", "shop")).is(202).id();
    merchant.rules(Json.array());
    return id;
  }

  /** The hold's time is over, and the payment is not to be found by those who look for such. */
  private void letTheHoldRunOut(String id) {
    int rows =
        jdbc.sql(
                """
                update transfers set expires_at = current_timestamp - interval '1' second
                 where state = 'pending' and payment_id = ?
                """)
            .param(TypeId.require("pay", id))
            .update();
    assertThat(rows).isOne();
  }

  private void letItsTimeBeOver(String id) {
    letTheHoldRunOut(id);
    jdbc.sql(
            "update payments set expires_at = current_timestamp - interval '1' second where id = ?")
        .param(TypeId.require("pay", id))
        .update();
  }

  private void assertPayment(
      String id, String status, long captured, long capturable, long refunded) {
    Answer payment = merchant.find(id);
    assertThat(payment.text("/status")).isEqualTo(status);
    assertThat(payment.number("/amount_captured")).isEqualTo(captured);
    assertThat(payment.number("/amount_capturable")).isEqualTo(capturable);
    assertThat(payment.number("/amount_refunded")).isEqualTo(refunded);
  }

  private String status(String id) {
    return merchant.find(id).text("/status");
  }

  /** The types of the payment's events; their numbers are 1, 2, 3, … */
  private List<String> types(String id) {
    List<JsonNode> events =
        merchant.get("/v1/events?limit=100").is(200).body().findParents("sequence").stream()
            .filter(
                event ->
                    event.at("/data/id").asText().equals(id)
                        || event.at("/data/payment_id").asText().equals(id))
            .toList()
            .reversed();
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).path("sequence").asInt()).isEqualTo(i + 1);
    }
    return events.stream().map(event -> event.path("type").asText()).toList();
  }

  private List<String> scopes(String id) {
    return merchant
        .get("/v1/payments/" + id + "/timeline")
        .is(200)
        .body()
        .path("scopes")
        .findParents("subtasks")
        .stream()
        .map(scope -> scope.path("name").asText())
        .toList();
  }
}
