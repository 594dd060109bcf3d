package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deadlines are granted as asked, up to what the operator allows the merchant. */
abstract class DeadlinesContract extends Contract {

  @ParameterizedTest
  @CsvSource({"50, 50", "300, 300", "1200, 1200", "1201, 1200", "30000, 1200"})
  void areCutToTheMerchantsCap(long asked, long granted) {
    Client capped = newMerchant(object("name", "capped", "deadline_max_ms", 1200));
    capped.fault("fraud", "error_rate", 1);

    Answer answer = capped.payment(order(1, "alice", "shop")).deadline(asked).send();

    assertThat(answer.status()).as("%s", answer).isBetween(500, 599);
    if (answer.body().has("payment_id")) {
      assertThat(grantedTo(capped, answer.text("/payment_id"))).isEqualTo(granted);
    }
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

  @ParameterizedTest
  @ValueSource(longs = {0, 49, 30_001})
  void cannotBeCappedOutOfRange(long cap) {
    operator
        .post("/v1/merchants", object("name", "capped", "deadline_max_ms", cap))
        .isProblem(400, "invalid_request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "1e3", "-300", "300.5", "2s", "99999999999"})
  void areWholeNumbersOfMilliseconds(String deadline) {
    merchant
        .payment(order(1, "alice", "shop"))
        .header("Payment-Deadline-Ms", deadline)
        .send()
        .isProblem(400, "invalid_deadline");
    nothingMoved();
  }

  private static long grantedTo(Client client, String paymentId) {
    return client.find(paymentId).number("/deadline/granted_ms");
  }
}
