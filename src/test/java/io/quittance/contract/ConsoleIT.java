package io.quittance.contract;

import io.quittance.testing.Sandbox;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The console in a real browser; skipped where no Chromium is installed. */
@Tag("side-by-side")
class ConsoleIT {

  static Sandbox sandbox;
  static Chromium chromium;

  @BeforeAll
  static void start() {
    Path executable = Chromium.installed();
    // Both take some seconds, and neither needs the other.
    var starting = CompletableFuture.supplyAsync(() -> Chromium.start(executable));
    sandbox = Sandbox.onH2();
    chromium = starting.join();
  }

  @AfterAll
  static void stop() {
    if (sandbox != null) {
      sandbox.close();
    }
    if (chromium != null) {
      chromium.close();
    }
  }

  @Nested
  class Sessions extends ConsoleSessionsTests {}

  @Nested
  class Payments extends ConsolePaymentsTests {}

  @Nested
  class Lists extends ConsoleListsTests {}

  @Nested
  class Batches extends ConsoleBatchesTests {}

  @Nested
  class Webhooks extends ConsoleWebhooksTests {}

  @Nested
  class Live extends ConsoleLiveTests {}

  @Nested
  class Playground extends ConsolePlaygroundTests {}

  @Nested
  class Looks extends ConsoleLooksTests {}
}
