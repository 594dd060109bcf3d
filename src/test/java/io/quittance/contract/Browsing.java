package io.quittance.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import com.microsoft.playwright.options.RequestOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A person in front of a browser: one window, whose complaints are collected. */
final class Browsing implements AutoCloseable {

  /** How the browser reports each answer that is no success. */
  private static final String REFUSAL = "Failed to load resource";

  /** Where pictures go, for people to look at. */
  private static final Path PICTURES = Path.of("target", "console");

  private static final int WIDE_PX = 1360;
  private static final int WIDE_HEIGHT_PX = 850;

  private final URI service;
  private final BrowserContext context;
  private final Page page;
  private final List<String> complaints = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();
  private final List<String> refusals = new ArrayList<>();

  private Browsing(Chromium chromium, URI service, String locale) {
    this.service = service;
    this.context =
        chromium.window(
            new Browser.NewContextOptions()
                .setViewportSize(WIDE_PX, WIDE_HEIGHT_PX)
                .setLocale(locale)
                .setTimezoneId("Europe/Berlin")
                .setReducedMotion(ReducedMotion.REDUCE));
    context.setDefaultTimeout(Chromium.TIMEOUT_MS);
    this.page = context.newPage();
    page.onPageError(error -> complaints.add("error: " + error));
    page.onDialog(
        dialog -> {
          complaints.add("dialog: " + dialog.message());
          dialog.dismiss();
        });
    page.onConsoleMessage(
        message -> {
          // Answers of the API that are no success are told apart below.
          if (message.type().equals("error") && !message.text().startsWith(REFUSAL)) {
            complaints.add(message.text());
          }
        });
    page.onRequest(request -> requests.add(request.url()));
    page.onResponse(
        answer -> {
          if (answer.status() >= 400) {
            refusals.add(answer.status() + " " + answer.url());
          }
        });
  }

  static Browsing wide(Chromium chromium, URI service) {
    return new Browsing(chromium, service, "en-GB");
  }

  /** As {@link #wide}, of a reader of another language: {@code de-DE}. */
  static Browsing of(String locale, Chromium chromium, URI service) {
    return new Browsing(chromium, service, locale);
  }

  /** The page in front of it by day, wide. */
  Browsing byDay() {
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    page.setViewportSize(WIDE_PX, WIDE_HEIGHT_PX);
    return this;
  }

  /** The page in front of it by night. */
  Browsing byNight() {
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    return this;
  }

  /** The page in front of it on a telephone. */
  Browsing narrow() {
    page.setViewportSize(390, 844);
    return this;
  }

  Page page() {
    return page;
  }

  BrowserContext context() {
    return context;
  }

  /** All addresses that were asked for. */
  List<String> requests() {
    return requests;
  }

  /** Signs in beside the page. */
  Browsing signedIn(String key) {
    APIResponse answer =
        context
            .request()
            .post(
                service + "/console/session",
                RequestOptions.create()
                    .setHeader("X-Quittance-Console", "1")
                    .setData(Map.of("key", key)));
    assertThat(answer.status()).isEqualTo(204);
    return this;
  }

  /**
   * Goes to an address of the console, {@code #/payments}, as by hand. The browser tells the
   * console of it later: until that and the frame after it, the page before is still there.
   */
  Browsing open(String hash) {
    if (page.url().startsWith(service + "/console/")) {
      page.evaluate(
          """
          hash => location.hash === hash || new Promise(drawn => {
            addEventListener('hashchange', () => requestAnimationFrame(drawn), {once: true});
            location.hash = hash;
          })""",
          hash);
    } else {
      page.navigate(service + "/console/" + hash);
    }
    return this;
  }

  /** What has this mark. */
  Locator mark(String name) {
    return page.getByTestId(name);
  }

  Locator text(String text) {
    return page.getByText(text);
  }

  /** Waits until the page shows a heading, and nothing that is still on its way. */
  Browsing settled() {
    page.locator("main h1").first().waitFor();
    page.waitForFunction("() => !document.querySelector('main .loading')");
    return this;
  }

  /** Finds what keeps people with disabilities out; screen by screen. */
  void isAccessible(String name) {
    isAccessible(name, new AxeBuilder(page));
  }

  /** As {@link #isAccessible}, as far as colours matter. */
  void isReadable(String name) {
    isAccessible(name, new AxeBuilder(page).withRules(List.of("color-contrast")));
  }

  private static void isAccessible(String name, AxeBuilder axe) {
    var serious =
        // In one go, without a second window.
        axe.setLegacyMode(true).analyze().getViolations().stream()
            .filter(rule -> List.of("serious", "critical").contains(rule.getImpact()))
            .map(
                rule ->
                    rule.getId()
                        + " "
                        + rule.getNodes().stream().map(node -> node.getHtml()).toList())
            .toList();
    assertThat(serious).as("accessibility of %s", name).isEmpty();
  }

  /** Nothing is wider than the window. */
  void fits(String name) {
    assertThatNoException()
        .as("%s scrolls sideways", name)
        .isThrownBy(
            // Charts follow the window's width a moment later.
            () ->
                page.waitForFunction(
                    "() => document.documentElement.scrollWidth"
                        + " === document.documentElement.clientWidth"));
  }

  /** Keeps a picture of the page. */
  void picture(String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setFullPage(true).setPath(PICTURES.resolve(name + ".png")));
  }

  /** Nothing was broken, forbidden by the policy, or executed that was a text. */
  void hasNoComplaints() {
    assertThat(complaints).isEmpty();
    assertThat(refusals).as("files that are missing").noneMatch(one -> one.contains("/assets/"));
  }

  /** All answers that were no success, the API's too. */
  List<String> refusals() {
    return refusals;
  }

  /** Bytes of JavaScript's heap after a collection. */
  long heap() {
    page.evaluate("() => { gc(); gc(); }");
    var session = context.newCDPSession(page);
    session.send("HeapProfiler.collectGarbage");
    long used = session.send("Runtime.getHeapUsage").get("usedSize").getAsLong();
    session.detach();
    return used;
  }

  @Override
  public void close() {
    context.close();
  }
}
