package io.quittance.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One jar of the service, on a database of its own that it has migrated and filled itself, because
 * another build may keep other rows.
 *
 * @param name of the side, and of its database
 */
record Build(String name, Path jar, Database database, File log, String apiKey) {

  static Build install(String name, Path jar, Database database, Path directory) throws Exception {
    database.create(name);
    File log = directory.resolve(name + ".log").toFile();
    try (Service service = Service.start(jar, database, name, List.of(), log)) {
      return new Build(name, jar, database, log, Setup.run(service));
    }
  }

  Service start(List<String> jvm) throws IOException, InterruptedException {
    return Service.start(jar, database, name, jvm, log);
  }

  Target target(Service service, int clients) {
    return new Target(
        name,
        clients,
        () -> new HttpClient(service.port(), apiKey),
        () -> {
          Service.Journal journal = service.journal();
          return new Probe.Sample(
              database.transactionIds(),
              database.walBytes(),
              journal.batches(),
              journal.commands(),
              service.cpuSeconds());
        },
        new Tally());
  }

  /** What the service itself says of its books. */
  String trialBalance(Service service) throws IOException {
    try (var connection = new Http(service.port())) {
      connection.exchange(HttpClient.request("GET", "/v1/ledger/trial-balance", apiKey, "-", ""));
      return connection.body();
    }
  }
}
