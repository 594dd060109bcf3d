package io.quittance.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The driver and the installed browser, which all windows share; there is no browser in the driver.
 */
final class Chromium implements AutoCloseable {

  /** How long is waited for what is to be seen: a busy machine takes its time. */
  static final int TIMEOUT_MS = 15_000;

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Path executable) {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(executable)
                    // Its own sandbox does not work for root, who runs tests in containers.
                    .setArgs(List.of("--no-sandbox", "--js-flags=--expose-gc")));
  }

  /** Where it is; skips the tests where there is none. */
  static Path installed() {
    Optional<Path> executable = onThePath();
    assumeTrue(
        executable.isPresent(), "No Chromium is installed: the console is not tried in a browser");
    return executable.get();
  }

  static Chromium start(Path executable) {
    PlaywrightAssertions.setDefaultAssertionTimeout(TIMEOUT_MS);
    return new Chromium(executable);
  }

  private static Optional<Path> onThePath() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  BrowserContext window(Browser.NewContextOptions options) {
    return browser.newContext(options);
  }

  @Override
  public void close() {
    playwright.close();
  }
}
