package io.quittance.contract;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Sandbox;
import org.junit.jupiter.api.Test;

/** Who comes in, what is offered, and that a key leaves nothing behind. */
abstract class ConsoleSessionsTests extends ConsoleTests {

  private Browsing stranger() {
    return Browsing.wide(ConsoleIT.chromium, merchant.service());
  }

  @Test
  void aKeySignsInLeavesNoTraceAndSignsOut() {
    try (Browsing visitor = stranger()) {
      visitor.page().navigate(merchant.service() + "/");
      visitor.mark("login-key").fill("qt_wrong");
      visitor.mark("login-submit").click();
      assertThat(visitor.page().getByRole(com.microsoft.playwright.options.AriaRole.ALERT))
          .containsText("The API key is unknown, revoked or expired.");
      visitor.mark("login-key").fill(Sandbox.OPERATOR_KEY);
      visitor.mark("login-submit").click();
      assertThat(visitor.text("The API key is unknown, revoked or expired.")).isVisible();

      visitor.mark("login-key").fill(merchant.secret());
      visitor.mark("login-submit").click();
      assertThat(visitor.mark("logout")).isVisible();
      assertThat(visitor.text("Corner Shop")).isVisible();

      assertThat(visitor.page().content()).doesNotContain("qt_", "qs_");
      assertThat(
              (String)
                  visitor
                      .page()
                      .evaluate(
                          "() => JSON.stringify([document.cookie, localStorage, sessionStorage,"
                              + " location.href, [...document.querySelectorAll('input')]"
                              + ".map(i => i.value)])"))
          .doesNotContain("qt_", "qs_");
      assertThat(visitor.requests()).noneMatch(url -> url.contains("qt_") || url.contains("qs_"));
      assertThat(visitor.requests()).allMatch(url -> url.startsWith(merchant.service().toString()));

      visitor.open("#/payments").settled();
      visitor.mark("logout").click();
      assertThat(visitor.mark("login-key")).isVisible();
      assertThat(visitor.context().cookies()).isEmpty();
      visitor.page().goBack();
      visitor.page().reload();
      assertThat(visitor.mark("login-key")).isVisible();
      visitor.hasNoComplaints();
    }
  }

  @Test
  void aSessionEndsWithItsKeyAndGoesOnWhereItWas() {
    Answer key =
        merchant.post(
            "/v1/api-keys",
            object("name", "till", "scopes", array("payments:read", "analytics:read")));
    try (Browsing till = stranger().signedIn(key.text("/secret"))) {
      till.open("#/payments?status=declined").settled();
      merchant.delete("/v1/api-keys/" + key.id()).is(204);
      till.mark("filter-status").selectOption("succeeded");

      assertThat(till.text("Your session has ended.")).isVisible();
      till.mark("login-key").fill(merchant.secret());
      till.mark("login-submit").click();
      till.settled();
      assertThat(till.mark("filter-status")).hasValue("succeeded");
      till.hasNoComplaints();
    }
  }

  @Test
  void whatTheKeyMayNotIsNotOffered() {
    String held = merchant.authorize(5_000, "alice", "shop");
    Answer key =
        merchant.post("/v1/api-keys", object("name", "r", "scopes", array("payments:read")));
    try (Browsing window = stranger().signedIn(key.text("/secret"))) {
      window.open("#/payments/" + held).settled();

      assertThat(window.mark("payment-status")).hasText("Authorized");
      assertThat(window.mark("capture-submit")).hasCount(0);
      assertThat(window.mark("cancel-submit")).hasCount(0);
      assertThat(window.page().locator("nav[aria-label=Main] a"))
          .hasText(new String[] {"Payments", "Batches"});
      window.open("#/accounts");
      assertThat(window.text("This page needs a key with the scope ledger:read.")).isVisible();
      window.open("#/playground");
      assertThat(window.text("This page needs a key with the scope payments:write.")).isVisible();
      window.hasNoComplaints();
    }
  }
}
