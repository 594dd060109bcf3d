package io.quittance.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One jar of the service, on a database of its own that it has migrated and filled itself, because
 * another build may keep other rows.
 *
 * @param name of the side, and of its database
 * @param apiKeys one for each merchant; clients take them in turns
 */
record Build(String name, Path jar, Database database, File log, List<String> apiKeys) {

  static Build install(String name, Path jar, Database database, Path directory, int merchants)
      throws Exception {
    database.create(name);
    File log = directory.resolve(name + ".log").toFile();
    try (Service service = Service.start(jar, database, name, List.of(), log)) {
      return new Build(name, jar, database, log, Setup.run(service, merchants));
    }
  }

  Service start(List<String> jvm) throws IOException, InterruptedException {
    return Service.start(jar, database, name, jvm, log);
  }

  Target target(Service service, int clients) {
    var next = new AtomicInteger();
    return new Target(
        name,
        clients,
        () -> new HttpClient(service.port(), apiKeys.get(next.getAndIncrement() % apiKeys.size())),
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

  /** What the service itself says of the books of each merchant. */
  List<String> trialBalances(Service service) throws IOException {
    var balances = new ArrayList<String>();
    try (var connection = new Http(service.port())) {
      for (String apiKey : apiKeys) {
        connection.exchange(HttpClient.request("GET", "/v1/ledger/trial-balance", apiKey, "-", ""));
        balances.add(connection.body());
      }
    }
    return balances;
  }
}
