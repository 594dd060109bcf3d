package io.quittance.contract;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Route.FulfillOptions;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The live page: what it shows, that it says when it is stale, and that it does not grow. */
abstract class ConsoleLiveTests extends ConsoleTests {

  private static final Instant AT = Instant.parse("2026-11-26T10:00:00Z");
  private static final String STREAM = "**/v1/analytics/live";

  /** A frame as the service sends them, of this many payments a second. */
  static JsonNode frame(int perSecond) {
    var points = array();
    for (int i = 0; i < 60; i++) {
      points.add(
          object(
              "at",
              AT.plusSeconds(i).toString(),
              "payments",
              perSecond + i % 7,
              "events",
              40 + i,
              "p99_ms",
              12.5 + i % 5));
    }
    return object(
        "at",
        AT.plusSeconds(60).toString(),
        "window_seconds",
        60,
        "payments",
        object(
            "per_second",
            perSecond,
            "count",
            perSecond * 60,
            "success_rate",
            0.973,
            "latency_ms",
            object("p50", 4.2, "p95", 9.8, "p99", 14.1),
            "amounts",
            array(object("currency", "EUR", "amount", 1_234_500)),
            "statuses",
            array(
                object("status", "succeeded", "count", 1_900),
                object("status", "declined", "count", 41)),
            "declines",
            array(object("reason", "insufficient_funds", "count", 41)),
            "payees",
            array(object("payee", "shop", "count", 1_941))),
        "events",
        object("per_second", 45, "types", array(object("type", "page.view", "count", 2_700))),
        "points",
        points);
  }

  private static String events(JsonNode frame, int count) {
    return ("event: frame\ndata: " + frame + "\n\n").repeat(count);
  }

  private static FulfillOptions stream(String body) {
    return new FulfillOptions().setContentType("text/event-stream").setBody(body);
  }

  @Test
  void showsFiguresThatLeadToWhatTheyCount() {
    window.page().route(STREAM, route -> route.fulfill(stream(events(frame(30), 2))));
    window.open("#/live").settled();

    assertThat(window.mark("live-rate")).hasText("30");
    assertThat(window.mark("live-age")).containsText("updated");
    assertThat(window.mark("live-refused")).hasText("41");
    assertThat(window.mark("live-events")).hasText("45");
    assertThat(window.page().locator("main a.tile")).hasCount(4);
    assertThat(window.text("97.3%").or(window.text("97.3 %"))).isVisible();
    assertThat(window.text("12,345.00")).isVisible();
    window.page().getByText("As a table").first().click();
    assertThat(window.page().locator("line-chart table tbody time").first())
        .hasAttribute("title", Pattern.compile("2026-11-26 10:00:\\d\\d UTC"));
    assertThat(window.page().locator("line-chart table tbody tr").first()).isVisible();
    assertThat(window.page().locator("line-chart table tbody tr")).hasCount(60);

    window.page().getByText("Insufficient funds").first().click();
    assertThat(window.page())
        .hasURL(
            Pattern.compile(
                ".*#/payments\\?created_from=2026-11-26T10%3A00%3A00.000Z&status=declined.*"));
    assertThat(window.text("No payment meets these filters")).isVisible();
  }

  @Test
  void saysWhenTheStreamIsCutAndComesBack() {
    var cut = new AtomicBoolean();
    var connections = new AtomicInteger();
    window
        .page()
        .route(
            STREAM,
            route -> {
              connections.incrementAndGet();
              if (cut.get()) {
                route.abort();
              } else {
                route.resume();
              }
            });
    window.open("#/live").settled();
    merchant.pay(1_250, "alice", "shop").is(201);
    assertThat(window.mark("live-rate")).isVisible();
    assertThat(window.mark("stale")).hasCount(0);

    cut.set(true);
    window.context().setOffline(true);
    assertThat(window.mark("stale")).isVisible();
    assertThat(window.mark("live-rate")).isVisible();

    cut.set(false);
    window.context().setOffline(false);
    assertThat(window.mark("stale")).hasCount(0);
    assertThat(window.mark("live-rate")).isVisible();
    assertThat(connections.get()).isGreaterThan(1);
  }

  @Test
  void saysWhatToDoWhereNothingIsYet() {
    window.open("#/live").settled();
    assertThat(window.mark("live-rate")).hasText("0");
    assertThat(window.text("No payments in the last 60 s.")).isVisible();
    assertThat(window.page().getByText("Open the playground")).isVisible();
    window.open("#/batches").settled();
    assertThat(window.text("A batch pays many at once")).isVisible();
    window.open("#/webhooks").settled();
    assertThat(window.text("Add an endpoint")).isVisible();
    window.open("#/accounts/shop").settled();
    assertThat(window.text("No money has moved here yet.")).isVisible();
  }

  @Test
  void showsTheHealthOfAReplica() {
    window.open("#/health").settled();

    assertThat(window.text("Deadlocks")).isVisible();
    assertThat(window.mark("carriers")).containsText("run a virtual thread");
    assertThat(window.mark("carriers")).containsText("wait for one");
    assertThat(window.page().locator("[data-testid=pool][data-name=journal-1] .meter-mark").first())
        .isVisible();
    assertThat(window.page().locator("[data-testid=breaker][data-name=fraud]"))
        .hasAttribute("data-state", "closed");
    window.page().route("**/v1/status", route -> route.abort());
    assertThat(window.text("What you see is old")).isVisible();
    assertThat(window.mark("carriers")).isVisible();
  }

  @Test
  void doesNotGrow() {
    window
        .page()
        .addInitScript(
            """
            const service = window.fetch;
            window.fetch = (path, options) => String(path).endsWith('/analytics/live')
                ? Promise.resolve(new Response(new ReadableStream({start(to) { window.stream = to; }})))
                : service(path, options);
            window.send = async (frame, count) => {
              const bytes = new TextEncoder().encode('event: frame\\ndata: ' + frame + '\\n\\n');
              for (let i = 0; i < count; i++) {
                window.stream.enqueue(bytes);
                if (i % 40 === 0) {
                  await new Promise(requestAnimationFrame);
                }
              }
            };
            """);
    window.open("#/live");
    window.page().waitForFunction("() => window.stream");
    send(400);
    long before = window.heap();

    // Four a second, for an hour.
    send(14_400);

    assertThat(window.mark("live-rate")).isVisible();
    assertThat(window.heap() - before).isLessThan(1_000_000);
  }

  private void send(int frames) {
    window
        .page()
        .evaluate(
            "([frame, count]) => send(frame, count)",
            java.util.List.of(frame(30).toString(), frames));
  }
}
