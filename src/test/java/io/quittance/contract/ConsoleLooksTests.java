package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route.FulfillOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
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
    for (int i = 1; i <= 12; i++) {
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
    pages.put("webhooks", "#/webhooks");
    pages.put("webhook", "#/webhooks/" + endpoint);
    pages.put("health", "#/health");
    pages.put("playground", "#/playground");
    return pages;
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
    look(
        pages,
        "light",
        Browsing.wide(ConsoleIT.chromium, merchant.service()),
        Browsing::isAccessible);
    look(
        pages, "dark", Browsing.dark(ConsoleIT.chromium, merchant.service()), Browsing::isReadable);
    look(pages, "narrow", Browsing.narrow(ConsoleIT.chromium, merchant.service()), Browsing::fits);
  }

  private void look(
      Map<String, String> pages,
      String mode,
      Browsing looking,
      BiConsumer<Browsing, String> check) {
    try (looking) {
      looking.open("").mark("login-key").waitFor();
      check.accept(looking, "login " + mode);
      looking.picture("login-" + mode);
      looking.signedIn(merchant.secret()).page().reload();
      live(looking);
      pages.forEach(
          (name, hash) -> {
            looking.open(hash).settled();
            check.accept(looking, name + " " + mode);
            looking.picture(name + "-" + mode);
          });
      looking.hasNoComplaints();
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
    com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat(
            window.page().locator(":focus"))
        .hasText("Skip to the content");
    window.page().keyboard().press("Enter");
    com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat(
            window.page().locator("main"))
        .isFocused();
    window.mark("payment-row").locator("a").first().focus();
    window.page().keyboard().press("Enter");
    window.mark("refund-submit").waitFor();
    com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat(window.page().locator("h1"))
        .isFocused();
    window.mark("refund-submit").focus();
    window.page().keyboard().press("Enter");
    com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat(window.mark("confirm"))
        .isFocused();
    window.page().keyboard().press("Escape");
    com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat(
            window.mark("refund-submit"))
        .isFocused();
  }
}
