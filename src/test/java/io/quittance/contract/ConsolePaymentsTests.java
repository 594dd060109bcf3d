package io.quittance.contract;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.EventReceiver;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** One payment: what is done to it, what is refused, and whatever texts it holds. */
abstract class ConsolePaymentsTests extends ConsoleTests {

  private static final String HOSTILE =
      "<img src=x onerror=alert(1)><script>alert(2)</script>${alert(3)}{{alert(4)}}'\"";

  private void confirm() {
    window.mark("confirm").click();
    window.page().waitForCondition(() -> window.page().locator("dialog").count() == 0);
  }

  @Test
  void isCapturedInPartsRefundedAndCanceled() {
    String id = merchant.authorize(5_000, "alice", "shop");
    window.open("#/payments/" + id).settled();

    window.page().getByLabel("Amount (EUR)").fill("20,50");
    window.page().getByLabel("Release the rest").uncheck();
    window.mark("capture-submit").click();
    assertThat(window.text("The rest stays on hold.")).isVisible();
    confirm();
    assertThat(window.mark("refund-submit")).isVisible();
    assertThat(merchant.find(id).number("/amount_captured")).isEqualTo(2_050);

    window.page().locator("form:has([data-testid=refund-submit]) input[name=amount]").fill("10.00");
    window.page().locator("form:has([data-testid=refund-submit]) input[name=reason]").fill(HOSTILE);
    window.mark("refund-submit").click();
    confirm();
    assertThat(window.text(HOSTILE)).isVisible();
    assertThat(merchant.find(id).number("/amount_refunded")).isEqualTo(1_000);

    window.mark("cancel-submit").click();
    confirm();
    assertThat(window.mark("payment-status")).hasText("Succeeded");
    assertThat(window.mark("cancel-submit")).hasCount(0);
  }

  @Test
  void sendsOneKeyHoweverOftenItIsTriedAndSaysWhatTheServiceSays() {
    String id = merchant.pay(4_000, "alice", "shop").is(201).id();
    window.open("#/payments/" + id).settled();
    // The answer to the first attempt is lost on its way back.
    var lost = new AtomicBoolean();
    window
        .page()
        .route(
            "**/refunds",
            route -> {
              if (lost.getAndSet(true)) {
                route.resume();
              } else {
                route.fetch();
                route.abort();
              }
            });
    window.mark("refund-submit").click();
    window.mark("confirm").click();
    assertThat(window.text("The service cannot be reached").first()).isVisible();
    confirm();

    assertThat(merchant.find(id).number("/amount_refunded")).isEqualTo(4_000);
    assertThat(merchant.get("/v1/payments/" + id + "/refunds").body().path("data")).hasSize(1);

    String other = merchant.pay(4_000, "alice", "shop").is(201).id();
    window.open("#/payments/" + other).settled();
    merchant.refund(other, "amount", 3_000).is(201);
    window.mark("refund-submit").click();
    window.mark("confirm").click();
    assertThat(window.page().locator("dialog .problem")).containsText("amount_exceeds_refundable");
    window.page().keyboard().press("Escape");
    assertThat(window.page().locator("dialog")).hasCount(0);
    assertThat(window.page().getByLabel("Amount (EUR)")).hasValue("10.00");
  }

  @Test
  void isDecidedInReview() {
    merchant.rules(
        array(
            object(
                "id",
                "look",
                "kind",
                "amount_limit",
                "action",
                "review",
                "amount",
                100_000,
                "currency",
                "EUR")));
    String id = merchant.pay(200_000, "alice", "shop").is(202).id();
    window.open("#/payments/" + id).settled();
    assertThat(window.mark("payment-status")).hasText("In review");

    window.page().getByLabel("Decline").check();
    window.page().getByLabel("Reason").fill("a bad feeling");
    window.mark("review-submit").click();
    confirm();

    assertThat(window.mark("payment-status")).hasText("Declined");
    assertThat(merchant.find(id).text("/status")).isEqualTo("declined");
  }

  @Test
  void countsAmountsInTheDecimalsOfTheirCurrency() {
    String yen = payIn("JPY", 1_234_567).id();
    String dinar = payIn("KWD", 1_234_567).id();

    window.open("#/payments/" + yen).settled();
    assertThat(window.page().locator("h1")).containsText("1,234,567 JPY");
    window.page().getByLabel("Amount (JPY)").fill("10.5");
    window.mark("refund-submit").click();
    assertThat(window.text("JPY has no decimals.")).isVisible();
    window.open("#/payments/" + dinar);
    assertThat(window.page().locator("h1")).containsText("1,234.567 KWD");
    window.page().getByLabel("Amount (KWD)").fill("0.125");
    window.mark("refund-submit").click();
    confirm();
    assertThat(merchant.find(dinar).number("/amount_refunded")).isEqualTo(125);
  }

  @Test
  void showsTextsAsTexts() throws Exception {
    try (var receiver = new EventReceiver()) {
      String hook = receiver.open("/hooks", before -> EventReceiver.Manner.ANSWER_500);
      merchant
          .post(
              "/v1/webhook-endpoints",
              object("url", hook, "events", array("*"), "description", HOSTILE))
          .is(201);
      merchant.put("/v1/accounts/evil", object("currency", "EUR", "name", HOSTILE)).is(201);
      String id =
          merchant
              .pay(
                  order(100, "alice", "evil")
                      .put("reference", HOSTILE)
                      .put("description", HOSTILE + " described")
                      .set("metadata", object("<b>key</b>", HOSTILE + " kept")))
              .is(201)
              .id();

      window.open("#/payments").settled();
      assertThat(window.text(HOSTILE).first()).isVisible();
      window.open("#/payments/" + id).settled();
      assertThat(window.text(HOSTILE + " described")).isVisible();
      assertThat(window.text(HOSTILE + " kept")).isVisible();
      assertThat(window.text("<b>key</b>")).isVisible();
      window.open("#/accounts").settled();
      assertThat(window.text(HOSTILE)).isVisible();
      window.open("#/accounts/evil").settled();
      assertThat(window.text(HOSTILE)).hasCount(2);
      window.open("#/webhooks").settled();
      assertThat(window.text(HOSTILE)).isVisible();
      window.mark("endpoint-row").click();
      assertThat(window.mark("delivery").first()).isVisible();
      assertThat(window.page().locator("img, main script")).hasCount(0);
    }
  }
}
