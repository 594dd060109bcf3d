package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.web.TypeId;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Payments as they should go, and those that are declined. */
abstract class PaymentsContract extends Contract {

  @Autowired private JdbcClient jdbc;

  @Test
  void moveTheMoneyAndSayHowLongItTook() {
    Answer answer = merchant.pay(250, "alice", "shop").is(201);

    assertThat(answer.text("/status")).isEqualTo("succeeded");
    assertThat(answer.number("/amount_captured")).isEqualTo(250);
    assertThat(answer.number("/deadline/granted_ms")).isEqualTo(2000);
    assertThat(answer.text("/created_at")).matches(TIME);
    assertThat(answer.header("Server-Timing").orElseThrow()).contains("fraud;dur=", "ledger;dur=");
    assertThat(merchant.find(answer.id()).body()).isEqualTo(answer.body());
    moved(250);
  }

  @Test
  void holdTheMoneyUntilItIsCaptured() {
    Answer answer =
        merchant.pay(order(250, "alice", "shop").put("capture_method", "manual")).is(201);

    assertThat(answer.text("/status")).isEqualTo("authorized");
    assertThat(answer.number("/amount_capturable")).isEqualTo(250);
    held(250);
  }

  @Test
  void declineWithoutFunds() {
    Answer answer = merchant.pay(FUNDS + 1, "alice", "shop");

    answer.isProblem(402, "insufficient_funds");
    assertThat(merchant.find(answer.text("/payment_id")).text("/status")).isEqualTo("declined");
    nothingMoved();
  }

  /** As after a rollback: its code is shown as it stands, and its request is asked for again. */
  @Test
  void canBeReadWhenALaterReleaseDeclinedThem() {
    Call call = merchant.payment(order(FUNDS + 1, "alice", "shop"));
    String id = call.send().isProblem(402, "insufficient_funds").text("/payment_id");
    int changed =
        jdbc.sql("update payments set failure_code = 'payer_on_the_moon' where id = ?")
            .param(TypeId.require("pay", id))
            .update();
    assertThat(changed).isOne();

    assertThat(shown("/v1/payments/" + id).text("/failure/code")).isEqualTo("payer_on_the_moon");
    assertThat(shown("/v1/payments").text("/data/0/failure/code")).isEqualTo("payer_on_the_moon");
    Answer again = call.send().isProblem(503, "dependency_unavailable").movedNothing();
    assertThat(again.text("/detail")).contains("payer_on_the_moon");
    nothingMoved();
  }

  private Answer shown(String path) {
    return merchant.call("GET", path).showingALaterRelease().send().is(200);
  }

  @Test
  void tellTheirStory() {
    String id = merchant.pay(1, "alice", "shop").is(201).id();

    JsonNode scope =
        merchant.get("/v1/payments/" + id + "/timeline").is(200).body().at("/scopes/0");

    assertThat(scope.path("name").asText()).isEqualTo("payment");
    assertThat(scope.path("result").asText()).isEqualTo("ok");
    assertThat(scope.path("forked")).isEqualTo(scope.path("joined"));
    assertThat(scope.path("survivors").asInt(-1)).isZero();
    assertThat(scope.path("subtasks"))
        .allSatisfy(task -> assertThat(task.path("breaker").asText()).isEqualTo("closed"));
  }

  @Test
  void leaveAnEvent() {
    String id = merchant.pay(1, "alice", "shop").is(201).id();

    assertThat(merchant.events(id))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.path("type").asText()).isEqualTo("payment.succeeded");
              assertThat(event.path("sequence").asInt()).isEqualTo(1);
            });
  }
}
