package io.quittance.contract;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import java.util.regex.Pattern;
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
    assertThat(merchant.balance("alice", "pending_out")).isZero();
    window.page().getByText("Open the payment").click();
    assertThat(window.mark("payment-status")).hasText("Succeeded");
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
