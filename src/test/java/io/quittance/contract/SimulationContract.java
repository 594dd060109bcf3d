package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A simulation tells what the payment would do, and does nothing. */
abstract class SimulationContract extends Contract {

  @Test
  void tellsWhatThePaymentThenDoes() {
    JsonNode order = order(250, "alice", "shop");

    Answer forecast = simulate(order).is(200);

    assertThat(forecast.text("/status")).isEqualTo("succeeded");
    assertThat(forecast.text("/decision")).isEqualTo("approve");
    nothingMoved();
    assertThat(merchant.get("/v1/events").is(200).body().path("data")).isEmpty();
    merchant.pay(order).is(201);
    assertBalances(forecast);
  }

  @Test
  void holdsTheMoneyOfAManualPayment() {
    JsonNode order = order(250, "alice", "shop").put("capture_method", "manual");

    Answer forecast = simulate(order).is(200);

    assertThat(forecast.text("/status")).isEqualTo("authorized");
    assertThat(forecast.number("/amount_capturable")).isEqualTo(250);
    nothingMoved();
    merchant.pay(order).is(201);
    assertBalances(forecast);
  }

  @Test
  void seesTheLackOfFunds() {
    Answer forecast = simulate(order(FUNDS + 1, "alice", "shop")).is(200);

    assertThat(forecast.text("/status")).isEqualTo("declined");
    assertThat(forecast.text("/failure/code")).isEqualTo("insufficient_funds");
    assertThat(forecast.number("/balances_after/alice/available")).isEqualTo(FUNDS);
  }

  @Test
  void judgesByTheRulesAndTheHistory() {
    merchant.rules(
        Json.array(
            object(
                "id",
                "often",
                "kind",
                "velocity_count",
                "action",
                "review",
                "count",
                1,
                "window_seconds",
                600)));

    assertThat(simulate(order(1, "alice", "shop")).is(200).text("/status")).isEqualTo("succeeded");
    merchant.pay(1, "alice", "shop").is(201);
    Answer second = simulate(order(1, "alice", "shop")).is(200);

    assertThat(second.text("/status")).isEqualTo("in_review");
    assertThat(second.text("/fraud/reasons/0")).isEqualTo("often");
    assertThat(merchant.pay(1, "alice", "shop").is(202).text("/status")).isEqualTo("in_review");
  }

  @Test
  void foreseesTheFallback() {
    merchant.fault("fraud", "error_rate", 1.0);
    Answer failing = simulate(order(1, "alice", "shop")).is(200);
    merchant.fallback("review");
    Answer parked = simulate(order(1, "alice", "shop")).is(200);

    assertThat(failing.text("/status")).isEqualTo("failed");
    assertThat(failing.text("/failure/code")).isEqualTo("dependency_unavailable");
    assertThat(parked.text("/status")).isEqualTo("in_review");
    assertThat(parked.text("/fraud/source")).isEqualTo("fallback");
    nothingMoved();
  }

  @Test
  void refusesABodyThatNoPaymentMayHave() {
    simulate(order(0, "alice", "shop")).isProblem(400, "invalid_request");
  }

  /** The books answer whether screening does or not. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusesItAlsoIfItCannotBeScreened(boolean hangs) {
    merchant.pay(order(1, "alice", "shop").put("reference", "r")).is(201);
    merchant.fault("fraud", hangs ? "hang" : "error_rate", hangs ? true : 1.0);

    simulate(order(1, "alice", "nobody"), 300).isProblem(422, "account_not_found");
    simulate(order(1, "alice", "shop").put("reference", "r"), 300)
        .isProblem(409, "duplicate_reference");
    Answer poor = simulate(order(FUNDS + 1, "alice", "shop"), 300).is(200);
    assertThat(poor.text("/failure/code")).isEqualTo("insufficient_funds");
    assertThat(simulate(order(1, "alice", "shop"), 300).is(200).text("/status"))
        .isEqualTo("failed");
  }

  private Answer simulate(JsonNode order, int deadlineMs) {
    return merchant.call("POST", "/v1/payments/simulate").deadline(deadlineMs).body(order).send();
  }

  private Answer simulate(JsonNode order) {
    return merchant.post("/v1/payments/simulate", order);
  }

  /** The balances are now as the forecast had them. */
  private void assertBalances(Answer forecast) {
    for (String account : new String[] {"alice", "shop"}) {
      assertThat(merchant.get("/v1/accounts/" + account).is(200).body().path("balances"))
          .isEqualTo(forecast.body().at("/balances_after/" + account));
    }
  }
}
