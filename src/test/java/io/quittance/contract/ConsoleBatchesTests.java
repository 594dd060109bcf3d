package io.quittance.contract;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Locator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Batches: what became of each payment, how far one has come, and what has not begun. */
abstract class ConsoleBatchesTests extends ConsoleTests {

  private static final String PATH = "/v1/payment-batches";

  static ObjectNode item(long amount, String payer, String reference) {
    return order(amount, payer, "shop").put("reference", reference);
  }

  /** As many payments, of which one may have a payer that does not exist. */
  static ObjectNode batchOf(int items, int bad) {
    return object(
        "payments",
        array(
            IntStream.range(0, items)
                .mapToObj(i -> (Object) item(10, i == bad ? "nobody" : "alice", "item-" + i))
                .toArray()));
  }

  private Answer batch(JsonNode body) {
    return merchant.call("POST", PATH).randomKey().body(body).send().is(201);
  }

  private Locator status() {
    return window.page().locator(".page-head .badge");
  }

  private Locator tab(String text) {
    return window.page().locator(".tabs").getByText(text);
  }

  @Test
  void tellTheFateOfEachPayment() {
    batch(object("payments", array(item(10, "alice", "a-1")), "mode", "atomic"));
    String id =
        batch(
                object(
                    "payments",
                    array(
                        item(10, "alice", "fine"),
                        item(FUNDS * 2, "alice", "poor"),
                        item(10, "nobody", "nobody"),
                        item(20, "alice", "held").put("capture_method", "manual")),
                    "reference",
                    "payroll",
                    "metadata",
                    object("month", "May")))
            .id();

    window.open("#/batches").settled();
    assertThat(window.mark("batch-row")).hasCount(2);
    assertThat(window.mark("batch-row").last()).containsText("Atomic");
    assertThat(window.mark("batch-row").last()).containsText("1 of 1");
    assertThat(window.mark("batch-row").first()).containsText("4 of 4 · 2 not paid");
    window.mark("batch-row").first().click();
    assertThat(status()).hasText("Partial");
    assertThat(window.text("May")).isVisible();
    assertThat(window.mark("item-row")).hasCount(4);
    assertThat(window.text("The account alice (`payer`) does not have enough available funds."))
        .isVisible();
    assertThat(
            window.text(
                "There is no account nobody (`payer`); open it first, or send the id of another one."))
        .isVisible();

    tab("Failed 1").click();
    assertThat(window.mark("item-row")).hasCount(1);
    assertThat(window.mark("item-row")).containsText("Account not found");
    window.page().getByText("As they stand now").click();
    assertThat(window.mark("payment-row")).hasCount(3);
    assertThat(window.page()).hasURL(Pattern.compile(".*batch_id=" + id));
    window.mark("payment-row").first().click();
    window.page().getByText(id).click();
    assertThat(status()).hasText("Partial");
  }

  @Test
  void areFollowedWhileTheyAreUnderWay() {
    merchant.fault("fraud", "latency_ms", 1_000);
    String id =
        merchant
            .call("POST", PATH)
            .randomKey()
            .header("Prefer", "respond-async")
            .body(batchOf(300, -1))
            .send()
            .is(202)
            .id();
    window.open("#/batches/" + id).settled();

    assertThat(status()).hasText("Processing");
    assertThat(window.page().locator(".progress-part.busy")).isVisible();
    assertThat(window.mark("resume-submit")).hasCount(0);
    merchant.noFaults();
    assertThat(status()).hasText("Completed");
    assertThat(window.text("300 of 300")).isVisible();
    assertThat(window.mark("item-row")).hasCount(50);
    assertThat(window.mark("item-row").filter(with("Processing"))).hasCount(0);
    window.mark("page-older").click();
    assertThat(window.mark("item-row").first()).containsText("item-50");
  }

  private static Locator.FilterOptions with(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  @Test
  void areResumedByThoseWhoMay() {
    Answer stopped = batch(batchOf(300, 10).put("on_failure", "stop"));
    assertThat(stopped.number("/counts/not_started")).isPositive();
    try (Browsing other =
        Browsing.wide(ConsoleIT.chromium, merchant.service()).signedIn(readingKey())) {
      other.open("#/batches/" + stopped.id()).settled();
      assertThat(other.text("Begins nothing more")).isVisible();
      assertThat(other.mark("resume-submit")).hasCount(0);
    }

    window.open("#/batches/" + stopped.id()).settled();
    window.mark("resume-submit").click();
    window.mark("confirm").click();

    assertThat(window.text("300 of 300 · 1 not paid")).isVisible();
    assertThat(window.mark("resume-submit")).hasCount(0);
    assertThat(tab("Failed 1")).isVisible();
    assertThat(merchant.balance("shop", "posted")).isEqualTo(2_990);
  }

  private String readingKey() {
    return merchant
        .post("/v1/api-keys", object("name", "r", "scopes", array("payments:read")))
        .text("/secret");
  }
}
