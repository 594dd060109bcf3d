package io.quittance;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.quittance.testing.Rooms;

/**
 * Rooms are the packages inside a module. Spring Modulith hides them from other modules; here is
 * which of them may import which. {@code "."} is the module's own package.
 */
@AnalyzeClasses(packages = "io.quittance", importOptions = DoNotIncludeTests.class)
class RoomsTest {

  @ArchTest
  static final ArchRule roomsOfConcurrency =
      Rooms.of("io.quittance.concurrency")
          .room(".")
          .room("pool", ".")
          .because("a scope ends with its request, and knows nothing of workers that outlive it");

  @ArchTest
  static final ArchRule roomsOfPayment =
      Rooms.of("io.quittance.payment")
          .room(".")
          .room("model", ".")
          .room("event", ".", "model")
          .room("dependency", ".", "model")
          .room("timeline", ".", "dependency")
          .room("recover", "model", "event")
          .room("create", ".", "model", "event", "dependency", "timeline", "recover")
          .room("change", ".", "model", "event", "dependency", "timeline", "recover")
          .room("search", "model")
          .room("batch.item", ".", "model", "dependency", "timeline", "create")
          .room("batch.store", ".", "model", "event", "create", "batch.item")
          .room("batch.run", ".", "batch.item", "batch.store")
          .room("batch", ".", "create", "batch.item", "batch.store", "batch.run")
          .because(
              "what is done to a payment builds on what a payment is, never the other way round;"
                  + " and a payment does not know that there are batches");

  @ArchTest
  static final ArchRule roomsOfAccess =
      Rooms.of("io.quittance.access")
          .room(".")
          .room("merchant", ".")
          .because("whom a key stands for is found out without knowing how keys are made");

  @ArchTest
  static final ArchRule roomsOfLedger =
      Rooms.of("io.quittance.ledger")
          .room(".")
          .room("find", ".")
          .room("change", ".", "find")
          .room("report", ".", "find")
          .because("the books do not depend on who moves money in them and who reports on them");

  @ArchTest
  static final ArchRule roomsOfWebhook =
      Rooms.of("io.quittance.webhook")
          .room(".")
          .room("courier", ".")
          .room("endpoint", ".")
          .room("delivery", ".")
          .room("dispatch", ".", "courier", "endpoint", "delivery")
          .room("manage", ".", "courier", "endpoint", "dispatch")
          .because(
              "what reaches into a stranger's network knows neither secrets nor deliveries, and"
                  + " stored deliveries do not depend on how they are sent");

  @ArchTest
  static final ArchRule roomsOfWeb =
      Rooms.of("io.quittance.web")
          .room("log")
          .room(".", "log")
          .room("query", ".")
          .room("json", ".", "log")
          .room("request", ".", "json", "query")
          .room("edge", ".")
          .because(
              "what modules speak of, as problems and pages, does not hang on how it is served");

  @ArchTest
  static final ArchRule roomsOfAnalytics =
      Rooms.of("io.quittance.analytics")
          .room("wire")
          .room("pane")
          .room("name", "pane")
          .room("event", "wire", "name")
          .room("enrich", "wire", "pane", "name")
          .room("intake", "pane", "name", "event", "enrich")
          .room("stream", "wire", "pane", "name", "event", "intake")
          .room("payment", "wire", "pane")
          .room("query", "pane", "payment")
          .room("live", "pane", "payment", "query")
          .room("status")
          .room(".", "pane", "event")
          .because(
              "panes do not know what they count; events are read without knowing who counts them,"
                  + " and whoever asks for figures does not depend on how they came in");
}
