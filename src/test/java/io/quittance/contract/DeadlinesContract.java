package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Deadlines are granted as asked, up to what the operator allows the merchant. */
abstract class DeadlinesContract extends Contract {

  @Test
  void areCutToTheMerchantsCap() {
    Client capped = newMerchant(object("name", "capped", "deadline_max_ms", 1200));

    assertThat(Map.of(900L, 900L, 1200L, 1200L, 1201L, 1200L, 30_000L, 1200L))
        .allSatisfy(
            (asked, granted) -> {
              Call payment = capped.payment(order(1, "alice", "shop")).deadline(asked);
              assertThat(grantedTo(capped, payment.send().is(201).id())).isEqualTo(granted);
            });
  }

  @Test
  void areTheMerchantsCapWhereTheDefaultIsLonger() {
    Client capped = newMerchant(object("name", "capped", "deadline_max_ms", 1999));

    assertThat(grantedTo(capped, capped.pay(1, "alice", "shop").is(201).id())).isEqualTo(1999);
    assertThat(grantedTo(merchant, merchant.pay(1, "alice", "shop").is(201).id())).isEqualTo(2000);
  }

  @Test
  void areCutShortWithinTheCapWhenScreeningHangs() {
    Client capped = newMerchant(object("name", "capped", "deadline_max_ms", 250));
    capped.fault("fraud", "hang", true);

    Answer answer = capped.payment(order(1, "alice", "shop")).deadline(30_000).send();

    answer.isProblem(504, "deadline_exceeded").movedNothing();
    assertThat(grantedTo(capped, answer.text("/payment_id"))).isEqualTo(250);
    assertThat(capped.balance("alice", "available")).isEqualTo(FUNDS);
  }

  @Test
  void cannotBeCappedOutOfRange() {
    assertThat(List.of(0, 49, 30_001))
        .allSatisfy(
            cap ->
                operator
                    .post("/v1/merchants", object("name", "capped", "deadline_max_ms", cap))
                    .isProblem(400, "invalid_request"));
  }

  @Test
  void areWholeNumbersOfMilliseconds() {
    assertThat(List.of("", "soon", "1e3", "-300", "300.5", "2s", "99999999999"))
        .allSatisfy(
            deadline ->
                merchant
                    .payment(order(1, "alice", "shop"))
                    .header("Payment-Deadline-Ms", deadline)
                    .send()
                    .isProblem(400, "invalid_deadline"));
    nothingMoved();
  }

  private static long grantedTo(Client client, String paymentId) {
    return client.find(paymentId).number("/deadline/granted_ms");
  }
}
