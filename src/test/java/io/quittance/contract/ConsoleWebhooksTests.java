package io.quittance.contract;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static io.quittance.testing.EventReceiver.Manner.ACCEPT;
import static io.quittance.testing.EventReceiver.Manner.ANSWER_410;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import io.quittance.testing.EventReceiver;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** An endpoint that was given up, and how it gets what it missed. */
abstract class ConsoleWebhooksTests extends ConsoleTests {

  private Locator deliveries(String state) {
    return window.page().locator("[data-testid=delivery][data-state=" + state + "]");
  }

  private void press(String mark) {
    window.mark(mark).first().click();
    window.mark("confirm").click();
    assertThat(window.page().locator("dialog")).hasCount(0);
  }

  @Test
  void getsWhatItMissedWhenItIsWellAgain() throws Exception {
    var well = new AtomicBoolean();
    try (var receiver = new EventReceiver()) {
      String url = receiver.open("/hooks", before -> well.get() ? ACCEPT : ANSWER_410);
      merchant
          .post("/v1/webhook-endpoints", object("url", url, "events", array("payment.succeeded")))
          .is(201);
      merchant.pay(1_250, "alice", "shop").is(201);
      window.open("#/webhooks").settled();
      window.mark("endpoint-row").click();

      // It is given up when its next attempt finds the endpoint disabled.
      assertThat(deliveries("dead")).hasCount(1);
      window.page().getByText("Dead letters").click();
      assertThat(deliveries("dead")).hasCount(1);
      assertThat(deliveries("dead")).containsText("410");
      assertThat(window.text("Disabled").first()).isVisible();
      assertThat(window.mark("recover-submit")).isDisabled();
      merchant.pay(2_500, "alice", "shop").is(201);
      well.set(true);
      press("enable-submit");
      assertThat(window.mark("recover-submit")).isEnabled();

      press("redeliver");
      window.page().getByText("All").click();
      assertThat(deliveries("delivered")).hasCount(1);
      press("recover-submit");
      assertThat(deliveries("delivered")).hasCount(2);
      assertThat(receiver.attempts("/hooks"))
          .extracting(attempt -> attempt.event().at("/data/amount").asInt())
          .contains(2_500);
    }
  }
}
