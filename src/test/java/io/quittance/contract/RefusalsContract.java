package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quittance.money.Money;
import io.quittance.web.ProblemCode;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each refusal of new payments, wherever the order is sent: alone, simulated, or in a batch. */
abstract class RefusalsContract extends Contract {

  /** {@code insufficient_funds} makes a payment, which is declined. */
  static Stream<ProblemCode> codes() {
    return ProblemCode.Refusals.PAYMENTS.codes().stream()
        .filter(code -> code != ProblemCode.INSUFFICIENT_FUNDS);
  }

  /** An order that is refused with this code, and what it needs. */
  private ObjectNode refused(ProblemCode code) {
    return switch (code) {
      case SAME_ACCOUNT -> order(1, "alice", "alice");
      case ACCOUNT_NOT_FOUND -> order(1, "alice", "nobody");
      case CURRENCY_MISMATCH -> order(1, "alice", "shop").put("currency", "USD");
      case ACCOUNT_FROZEN -> order(1, "alice", withStatus("frozen"));
      case ACCOUNT_CLOSED -> order(1, "alice", withStatus("closed"));
      case BALANCE_OUT_OF_RANGE -> order(1, "alice", full());
      case DUPLICATE_REFERENCE -> {
        merchant.pay(order(1, "world", "shop").put("reference", "taken")).is(201);
        yield order(1, "alice", "shop").put("reference", "taken");
      }
      default -> throw new AssertionError("add an order here that is refused with " + code.code());
    };
  }

  private String withStatus(String status) {
    merchant.open(status);
    merchant.patch("/v1/accounts/" + status, object("status", status)).is(200);
    return status;
  }

  private String full() {
    merchant.put("/v1/accounts/mint", object("currency", "EUR", "kind", "external")).is(201);
    merchant.open("full");
    merchant.transfer(move(Money.MAX_AMOUNT, "mint", "full")).send().is(201);
    return "full";
  }

  @ParameterizedTest
  @MethodSource("codes")
  void staysUnderItsKeyAndMovesNothing(ProblemCode code) {
    Call payment = merchant.payment(refused(code));
    JsonNode before = everything();

    Answer first = payment.send().isProblem(code.status(), code.code()).movedNothing();
    Answer again = payment.send().isProblem(code.status(), code.code()).movedNothing();

    assertThat(again.header("Idempotent-Replayed")).contains("true");
    assertThat(first.text("/detail")).containsPattern("`(payer|payee|reference)`");
    assertThat(again.text("/detail")).isEqualTo(first.text("/detail"));
    assertThat(everything()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("codes")
  void isTheSameInASimulationAndInBatches(ProblemCode code) {
    ObjectNode order = refused(code);
    if (!order.has("reference")) {
      order.put("reference", "of an item");
    }
    JsonNode before = everything();
    String detail = merchant.pay(order).isProblem(code.status(), code.code()).text("/detail");

    Answer simulated = merchant.post("/v1/payments/simulate", order);
    Answer batch = batch(object("payments", array(order))).is(201);
    Answer atomic = batch(object("payments", array(order), "mode", "atomic"));

    assertThat(simulated.isProblem(code.status(), code.code()).text("/detail")).isEqualTo(detail);
    assertItem(batch, code, detail);
    assertItem(atomic.isProblem(422, "batch_refused").movedNothing(), code, detail);
    assertThat(everything()).isEqualTo(before);
  }

  private Answer batch(JsonNode body) {
    return merchant.call("POST", "/v1/payment-batches").randomKey().body(body).send();
  }

  /** Where another payment is to blame, an item's detail also names it. */
  private static void assertItem(Answer batch, ProblemCode code, String detail) {
    JsonNode item = batch.at("/items/0");
    assertThat(item.path("status").asText()).as("item of %s", batch).isEqualTo("failed");
    assertThat(item.path("code").asText()).as("item of %s", batch).isEqualTo(code.code());
    assertThat(item.path("detail").asText()).startsWith(detail);
    assertThat(item.path("outcome").asText()).isEqualTo("none");
    assertThat(item.path("payment_id").isNull()).isTrue();
  }

  /** All accounts with their balances, and all payments. */
  private JsonNode everything() {
    return array(
        merchant.get("/v1/accounts?limit=100").is(200).at("/data"),
        merchant.get("/v1/payments?limit=100").is(200).at("/data"));
  }
}
