package io.quittance.contract;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Route.FulfillOptions;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The five minutes of the README, without curl. */
abstract class ConsolePlaygroundTests extends ConsoleTests {

  private Locator breaker() {
    return window.page().locator("[data-testid=breaker][data-name=fraud]");
  }

  private Locator hang() {
    return window.page().locator("[data-testid=fault-hang][data-dependency=fraud]");
  }

  private Locator runs(String status) {
    return window.page().locator("[data-testid=run][data-status='" + status + "']");
  }

  @Test
  void tellsTheStoryOfADependencyThatHangs() {
    window.open("#/playground").settled();
    window.mark("pay-submit").click();
    assertThat(runs("201")).hasCount(1);
    assertThat(window.mark("timeline-bar").first()).hasAttribute("data-result", "ok");
    assertThat(breaker()).hasAttribute("data-state", "closed");

    hang().check();
    window.page().getByLabel("Deadline (ms)").fill("300");
    window.mark("pay-submit").click();
    assertThat(runs("504")).hasCount(1);
    assertThat(window.page().locator("[data-testid=timeline-bar][data-subtask=fraud]").first())
        .hasAttribute("data-result", "timed_out");
    assertThat(window.text("Nothing has moved.")).isVisible();

    window.mark("pay-burst").click();
    assertThat(breaker()).hasAttribute("data-state", "open");
    window.mark("pay-submit").click();
    assertThat(runs("503").first()).isVisible();
    assertThat(window.page().locator("[data-testid=timeline-bar][data-subtask=fraud]").first())
        .hasAttribute("data-result", "short_circuited");

    hang().uncheck();
    assertThat(breaker()).hasAttribute("data-state", "half_open");
    window.page().getByLabel("Deadline (ms)").fill("2000");
    for (int i = 0; i < 6; i++) {
      window.mark("pay-submit").click();
    }
    assertThat(breaker()).hasAttribute("data-state", "closed");
    window.mark("pay-submit").click();
    assertThat(window.mark("run").first()).hasAttribute("data-status", "201");
    // Some of the six may still be under way, and hold what they are about to move.
    Awaitility.await().until(() -> merchant.balance("alice", "pending_out") == 0);
    window.page().getByText("Open the payment").click();
    assertThat(window.mark("payment-status")).hasText("Succeeded");
  }

  @Test
  void drawsTheTimelineToScale() {
    String id = merchant.pay(4_000, "alice", "shop").is(201).id();
    JsonNode drawn =
        object(
            "payment_id",
            id,
            "scopes",
            array(
                object(
                    "name",
                    "payment",
                    "opened_at",
                    "2026-11-26T10:00:00.000Z",
                    "deadline_ms",
                    300,
                    "result",
                    "timed_out",
                    "subtasks",
                    array(
                        subtask("fraud", 0, 200, "timed_out", "closed"),
                        subtask("ledger", 100, 160, "canceled", "half_open"),
                        subtask("notification", 200, 400, "failed", "open")),
                    "forked",
                    3,
                    "joined",
                    3,
                    "survivors",
                    0)));
    window
        .page()
        .route(
            "**/timeline", route -> route.fulfill(new FulfillOptions().setBody(drawn.toString())));
    window.open("#/payments/" + id).settled();

    assertThat(bar("fraud")).isEqualTo("0-50");
    assertThat(bar("ledger")).isEqualTo("25-40");
    assertThat(bar("notification")).isEqualTo("50-100");
    assertThat(place(".bars li:first-child .bar-deadline", "(box.left + box.right) / 2"))
        .isEqualTo(75);
    assertThat(window.mark("timeline")).containsText("100 ms late");
    assertThat(window.mark("timeline")).containsText("breaker half open");
    assertThat(window.mark("timeline")).containsText("Canceled");
  }

  private static JsonNode subtask(String name, int from, int to, String result, String breaker) {
    return object(
        "name",
        name,
        "start_ms",
        from,
        "end_ms",
        to,
        "result",
        result,
        "breaker",
        breaker,
        "budget_ms",
        300 - from);
  }

  /** From where to where a subtask's bar is drawn, in percent of what there is room for. */
  private String bar(String subtask) {
    String bar = "[data-testid=timeline-bar][data-subtask=" + subtask + "]";
    return place(bar, "box.left") + "-" + place(bar, "box.right");
  }

  private int place(String selector, String of) {
    return (int)
        window
            .page()
            .locator(selector)
            .evaluate(
                "element => { const box = element.getBoundingClientRect();"
                    + " const track = element.parentElement.getBoundingClientRect();"
                    + " return Math.round(100 * ("
                    + of
                    + " - track.left) / track.width); }");
  }

  @Test
  void takesAmountsWithDecimalsAndSaysWhatIsWrong() {
    window.open("#/playground").settled();
    window.page().getByLabel("Amount").fill("0");
    window.mark("pay-submit").click();
    assertThat(window.text("The amount must be more than 0")).isVisible();
    window.page().getByLabel("Amount").fill("1.234,56");
    window.page().getByLabel("Reference").fill("order 7");
    window.mark("pay-submit").click();
    assertThat(runs("201")).hasCount(1);
    assertThat(merchant.balance("shop", "posted")).isEqualTo(123_456);
    window.page().getByLabel("Reference").fill("order 7");
    window.mark("pay-submit").click();
    assertThat(runs("409")).hasCount(1);
    assertThat(window.mark("run").first())
        .containsText(Pattern.compile("duplicate reference", Pattern.CASE_INSENSITIVE));
  }

  @Test
  void startsAndStopsDemoTraffic() {
    window.open("#/playground").settled();
    window.page().getByLabel("Payments a second").fill("5");
    window.mark("traffic-start").click();
    assertThat(window.mark("traffic-stop")).isVisible();
    assertThat(merchant.anonymous().get("/sandbox/traffic").number("/payments_per_second"))
        .isEqualTo(5);

    window.mark("traffic-stop").click();

    assertThat(window.mark("traffic-stop")).hasCount(0);
    assertThat(merchant.anonymous().get("/sandbox/traffic").number("/payments_per_second"))
        .isZero();
  }
}
