package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What people see, with pictures for those who look at them (target/console). */
abstract class ConsoleLooksTests extends ConsoleTests {

  /** The largest first view, as it comes over the wire. */
  private static final int FIRST_VIEW_MAX_BYTES = 100_000;

  /** Something of everything. */
  private Map<String, String> pages() {
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
    for (int i = 1; i <= 6; i++) {
      merchant.pay(order(1_250 * i, "alice", "shop").put("reference", "order-" + i)).is(201);
    }
    merchant.pay(99_999_999, "alice", "shop");
    merchant.pay(order(150_000, "alice", "shop").put("reference", "order-13")).is(202);
    payIn("JPY", 12_500);
    payIn("KWD", 12_500);
    String held = merchant.authorize(5_000, "alice", "shop");
    merchant.capture(held, "amount", 2_000, "final", false).is(201);
    merchant.refund(held, "amount", 500, "reason", "damaged").is(201);
    merchant.fault("fraud", "hang", true);
    String late =
        merchant
            .payment(order(900, "alice", "shop").put("reference", "order-14"))
            .deadline(300)
            .send()
            .text("/payment_id");
    merchant.noFaults();
    String endpoint =
        merchant
            .post(
                "/v1/webhook-endpoints",
                object(
                    "url",
                    "https://shop.example/hooks",
                    "events",
                    array("*"),
                    "description",
                    "The shop"))
            .is(201)
            .id();
    var pages = new LinkedHashMap<String, String>();
    pages.put("live", "#/live");
    pages.put("payments", "#/payments");
    pages.put("payment", "#/payments/" + held);
    pages.put("payment-late", "#/payments/" + late);
    pages.put("accounts", "#/accounts");
    pages.put("account", "#/accounts/shop");
    pages.put("batches", "#/batches");
    pages.put("batch", "#/batches/" + batch());
    pages.put("webhooks", "#/webhooks");
    pages.put("webhook", "#/webhooks/" + endpoint);
    pages.put("health", "#/health");
    pages.put("playground", "#/playground");
    return pages;
  }

  /** A batch of which something became of everything. */
  private String batch() {
    var payments = ConsoleBatchesTests.batchOf(8, 7);
    ((ArrayNode) payments.path("payments"))
        .add(ConsoleBatchesTests.item(FUNDS, "alice", "too-much"))
        .add(ConsoleBatchesTests.item(900, "alice", "later").put("capture_method", "manual"));
    return merchant
        .call("POST", "/v1/payment-batches")
        .randomKey()
        .body(payments.put("reference", "payroll"))
        .send()
        .is(201)
        .id();
  }

  /** The stream, in the service's place, so that pictures are the same each time. */
  private static void live(Browsing window) {
    String frame = "event: frame\ndata: " + ConsoleLiveTests.frame(32) + "\n\n";
    window
        .page()
        .route(
            "**/v1/analytics/live",
            route ->
                route.fulfill(
                    new FulfillOptions().setContentType("text/event-stream").setBody(frame)));
  }

  @Test
  void areForEverybodyByDayAndByNight() {
    Map<String, String> pages = pages();
    window.context().clearCookies();
    window.open("").mark("login-key").waitFor();
    look("login");
    window.signedIn(merchant.secret()).page().reload();
    live(window);
    pages.forEach(
        (name, hash) -> {
          window.open(hash).settled();
          look(name);
        });
    assertThat(window.refusals()).isEmpty();
  }

  /** Looks at the page by day, by night and on a telephone. */
  private void look(String name) {
    window.byDay().isAccessible(name);
    window.picture(name + "-light");
    window.byNight().isReadable(name + " by night");
    window.picture(name + "-dark");
    window.byDay().narrow().fits(name);
    window.picture(name + "-narrow");
    window.byDay();
  }

  @Test
  void writesNumbersAsItsReaderDoesAndTellsUtc() {
    String id = payIn("KWD", 1_234_567).id();
    try (Browsing reader =
        Browsing.of("de-DE", ConsoleIT.chromium, merchant.service()).signedIn(merchant.secret())) {
      reader.open("#/payments/" + id).settled();

      PlaywrightAssertions.assertThat(reader.page().locator("h1")).containsText("1.234,567 KWD");
      PlaywrightAssertions.assertThat(reader.page().locator("dd time").first())
          .hasAttribute(
              "title", Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} UTC"));
      reader.page().getByLabel("Amount (KWD)").fill("0,125");
      reader.mark("refund-submit").click();
      reader.mark("confirm").click();
      PlaywrightAssertions.assertThat(reader.text("1.234,442 KWD").first()).isVisible();
      reader.hasNoComplaints();
    }
  }

  @Test
  void comeWithFewBytesFromHereOnlyAndAreKept() {
    window.open("#/live").settled();

    assertThat(bytes("entry.encodedBodySize")).isBetween(20_000, FIRST_VIEW_MAX_BYTES);
    assertThat(window.requests()).allMatch(url -> url.startsWith(merchant.service().toString()));
    window.page().reload();
    window.settled();
    assertThat(bytes("entry.transferSize")).as("sent again").isZero();
  }

  /** A sum over the console's files that the page has loaded. */
  private int bytes(String of) {
    return (int)
        window
            .page()
            .evaluate(
                "() => performance.getEntriesByType('resource')"
                    + ".filter(entry => entry.name.includes('/console/assets/'))"
                    + ".map(entry => "
                    + of
                    + ").reduce((sum, bytes) => sum + bytes, 0)");
  }

  @Test
  void canBeUsedWithoutAMouse() {
    merchant.pay(1_250, "alice", "shop").is(201);
    window.open("#/payments").settled();
    window.page().locator("body").press("Tab");
    PlaywrightAssertions.assertThat(window.page().locator(":focus")).hasText("Skip to the content");
    window.page().keyboard().press("Enter");
    PlaywrightAssertions.assertThat(window.page().locator("main")).isFocused();
    window.mark("payment-row").locator("a").first().focus();
    window.page().keyboard().press("Enter");
    window.mark("refund-submit").waitFor();
    PlaywrightAssertions.assertThat(window.page().locator("h1")).isFocused();
    window.mark("refund-submit").focus();
    window.page().keyboard().press("Enter");
    PlaywrightAssertions.assertThat(window.mark("confirm")).isFocused();
    window.page().keyboard().press("Escape");
    PlaywrightAssertions.assertThat(window.mark("refund-submit")).isFocused();
  }
}
