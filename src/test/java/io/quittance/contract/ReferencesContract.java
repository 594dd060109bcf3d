package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quittance.web.TypeId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A merchant's reference belongs to one payment, until that has come to nothing. */
abstract class ReferencesContract extends Contract {

  @Autowired private JdbcClient jdbc;

  private static ObjectNode referenced(long amount) {
    return order(amount, "alice", "shop").put("reference", "order-1");
  }

  private static ObjectNode held(ObjectNode order) {
    return order.put("capture_method", "manual");
  }

  @Test
  void areRefusedWithTheNameOfThePaymentThatHasThem() {
    String id = merchant.pay(referenced(1)).is(201).id();
    Call again = merchant.payment(referenced(2));

    Answer refused = again.send().isProblem(409, "duplicate_reference").movedNothing();
    Answer replayed = again.send().isProblem(409, "duplicate_reference");
    Answer foreseen = merchant.post("/v1/payments/simulate", referenced(2));

    assertThat(refused.text("/payment_id")).isEqualTo(id);
    assertThat(replayed.text("/payment_id")).isEqualTo(id);
    foreseen.isProblem(409, "duplicate_reference");
    assertThat(foreseen.text("/payment_id")).isEqualTo(id);
    moved(1);
  }

  @Test
  void areFreeAgainAfterADecline() {
    String declined = merchant.pay(referenced(FUNDS + 1)).is(402).text("/payment_id");
    String second = merchant.pay(referenced(FUNDS + 1)).is(402).text("/payment_id");

    String paid = merchant.pay(referenced(5)).is(201).id();

    assertThat(withReference()).containsExactly(paid, second, declined);
    merchant.pay(referenced(5)).isProblem(409, "duplicate_reference");
    moved(5);
  }

  @Test
  void areFreeAgainAfterAFailure() {
    merchant.fault("fraud", "hang", true);
    String failed =
        merchant
            .payment(referenced(1))
            .header("Payment-Deadline-Ms", "60")
            .send()
            .is(504)
            .text("/payment_id");
    merchant.noFaults();

    String paid = merchant.pay(referenced(1)).is(201).id();

    assertThat(merchant.find(failed).text("/reference")).isEqualTo("order-1");
    assertThat(withReference()).containsExactly(paid, failed);
  }

  @Test
  void areFreeAgainAfterACancel() {
    String canceled = merchant.pay(held(referenced(1))).is(201).id();
    merchant.pay(referenced(1)).isProblem(409, "duplicate_reference");

    merchant.cancel(canceled).is(200);

    String paid = merchant.pay(referenced(1)).is(201).id();
    assertThat(withReference()).containsExactly(paid, canceled);
  }

  @Test
  void areFreeAgainAfterAnExpiry() {
    String expired = merchant.pay(held(referenced(1))).is(201).id();
    jdbc.sql(
            "update transfers set expires_at = current_timestamp - interval '1' second"
                + " where state = 'pending' and payment_id = ?")
        .param(TypeId.require("pay", expired))
        .update();
    merchant.capture(expired).isProblem(409, "invalid_state");

    merchant.pay(referenced(1)).is(201);
  }

  @Test
  void stayTakenByAPaymentThatWasCapturedInPartAndCanceled() {
    String id = merchant.pay(held(referenced(10))).is(201).id();
    merchant.capture(id, "amount", 4, "final", false).is(201);
    merchant.cancel(id).is(200);

    Answer refused = merchant.pay(referenced(1)).isProblem(409, "duplicate_reference");

    assertThat(refused.text("/payment_id")).isEqualTo(id);
  }

  @Test
  void haveOneWinnerHoweverManyTryAtOnce() {
    List<Answer> answers = Burst.of(12, i -> merchant.pay(referenced(1)));

    Answer winner =
        answers.stream().filter(answer -> answer.status() == 201).findFirst().orElseThrow();
    assertThat(answers)
        .filteredOn(answer -> answer != winner)
        .allSatisfy(
            answer ->
                assertThat(answer.isProblem(409, "duplicate_reference").text("/payment_id"))
                    .isEqualTo(winner.id()));
    moved(1);
  }

  @Test
  void haveOneWinnerAmongThoseThatCanBePaid() {
    List<Answer> answers = Burst.of(12, i -> merchant.pay(referenced(i % 2 == 0 ? 1 : FUNDS + 1)));

    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 201)
        .allSatisfy(answer -> assertThat(answer.status()).isIn(402, 409));
    moved(1);
  }

  @Test
  void areEachMerchantsOwn() {
    merchant.pay(referenced(1)).is(201);

    newMerchant().pay(referenced(1)).is(201);
  }

  private List<String> withReference() {
    return texts(merchant.get("/v1/payments?reference=order-1").is(200).body().path("data"), "id");
  }
}
