package io.quittance.bench;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Payments over HTTP against the same rows written directly, in turns on one PostgreSQL. Ends with
 * 1 when the books of any side are wrong.
 */
public final class PaymentBench {

  private static final String SERVICE_DB = "service";
  private static final String DIRECT_DB = "direct";
  private static final String PGBENCH_DB = "pgbench";
  private static final int CALIBRATION_SECONDS = 3;
  private static final int COLD_CLIENTS = 8;
  private static final int COLD_SECONDS = 5;

  /** More than are ever waiting, so that an arrival finds a free client. */
  private static final int OPEN_LOOP_CLIENTS = 256;

  private static final int OPEN_LOOP_CONNECTIONS = 64;

  private final Options options;
  private final Report report;
  private final Database database;
  private final Service service;
  private final String apiKey;
  private final Target http;
  private final Target direct;
  private final Map<Workload, Integer> connections = new EnumMap<>(Workload.class);
  private final Optional<Pgbench> pgbench;
  private final Results results;
  private long httpAcknowledged;
  private long directAcknowledged;
  private long pgbenchAcknowledged;

  private PaymentBench(
      Options options,
      Report report,
      Database database,
      Service service,
      String apiKey,
      UUID merchant) {
    this.options = options;
    this.report = report;
    this.database = database;
    this.service = service;
    this.apiKey = apiKey;
    this.http =
        new Target("service", options.clients(), () -> new HttpClient(service.port(), apiKey));
    this.direct =
        new Target(
            "direct",
            options.connections().getFirst(),
            () -> new DirectSql(database.connect(DIRECT_DB), merchant, options.style()));
    this.pgbench =
        options.pgbench() ? Pgbench.find(database, PGBENCH_DB, merchant) : Optional.empty();
    this.results = new Results(report);
  }

  /** See {@link Options#USAGE}. */
  public static void main(String[] args) throws Exception {
    Options options = Options.parse(args);
    Path directory = Path.of(System.getProperty("bench.results"));
    List<String> faults;
    try (var report = new Report(directory, "payments");
        Database database = Database.start()) {
      report.line("%s", options);
      var machine = ManagementFactory.getOperatingSystemMXBean();
      report.line(
          "%d cores for client, service and database; load average before the start: %.2f",
          machine.getAvailableProcessors(), machine.getSystemLoadAverage());
      report.line("PostgreSQL: %s", String.join(" ", database.settings()));
      File log = directory.resolve("service.log").toFile();
      database.create(SERVICE_DB);
      String apiKey;
      try (Service service = Service.start(database, SERVICE_DB, List.of(), log)) {
        apiKey = Setup.run(service);
      }
      // Copies of one and the same state, so that no side starts with a smaller table.
      database.copy(SERVICE_DB, DIRECT_DB);
      database.copy(SERVICE_DB, PGBENCH_DB);
      UUID merchant;
      try (Connection connection = database.connect(SERVICE_DB)) {
        merchant = UUID.fromString(Database.text(connection, "select id from merchants"));
        report.line("one durable commit: %.0f µs (median)", CommitTime.micros(connection));
      }
      try (Service service = Service.start(database, SERVICE_DB, options.serviceJvm(), log)) {
        faults = new PaymentBench(options, report, database, service, apiKey, merchant).run();
      }
    }
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private List<String> run() throws Exception {
    warmUp();
    // Plans made for tables that were empty then would be measured otherwise, not the service.
    for (String name : List.of(SERVICE_DB, DIRECT_DB, PGBENCH_DB)) {
      database.analyze(name);
    }
    calibrate();
    long commitsBefore = database.commits(SERVICE_DB);
    long acknowledgedBefore = httpAcknowledged;
    for (int round = 1; round <= options.rounds(); round++) {
      for (Workload workload : Workload.values()) {
        closedLoops(round, workload);
      }
    }
    results.summary();
    openLoops();
    Thread.sleep(11_000); // idle sessions report their statistics after ten seconds
    report.line(
        "all transactions of the service, reading ones included: %.3f per payment",
        (double) (database.commits(SERVICE_DB) - commitsBefore)
            / (httpAcknowledged - acknowledgedBefore));
    return check();
  }

  private void warmUp() throws Exception {
    report.line("warming up");
    // A cold JVM under full load may miss deadlines, and a payment that was not made ends the run.
    http(Load.closedLoop(http.with(COLD_CLIENTS), Workload.UNIFORM, COLD_SECONDS, this::sample));
    for (Workload workload : Workload.values()) {
      double seconds = options.warmUpSeconds() / 2.0;
      http(Load.closedLoop(http, workload, seconds, this::sample));
      direct(Load.closedLoop(direct.with(16), workload, seconds, this::sample));
    }
  }

  /** The baseline gets as many connections as it is fastest with. */
  private void calibrate() throws Exception {
    for (Workload workload : Workload.values()) {
      double best = 0;
      for (int count : options.connections()) {
        database.settle();
        Measured measured =
            direct(
                Load.closedLoop(direct.with(count), workload, CALIBRATION_SECONDS, this::sample));
        report.line(
            "direct %s, %d connections: %.0f/s", workload.text(), count, measured.perSecond());
        if (measured.perSecond() > best) {
          best = measured.perSecond();
          connections.put(workload, count);
        }
      }
    }
    if (pgbench.isEmpty()) {
      report.line("pgbench is not installed, or not wanted: left out");
    }
  }

  private void closedLoops(int round, Workload workload) throws Exception {
    database.settle();
    results.add(
        round,
        workload,
        http.name(),
        http(Load.closedLoop(http, workload, options.seconds(), this::sample)));
    database.settle();
    Target tuned = direct.with(connections.get(workload));
    results.add(
        round,
        workload,
        tuned.name(),
        direct(Load.closedLoop(tuned, workload, options.seconds(), this::sample)));
    if (pgbench.isPresent()) {
      database.settle();
      Pgbench.Result result =
          pgbench.get().run(workload, connections.get(workload), options.seconds());
      pgbenchAcknowledged += result.acknowledged();
      results.add(round, workload, result);
    }
  }

  private void openLoops() throws Exception {
    for (Workload workload : Workload.values()) {
      double rate =
          options.openLoopRate() > 0
              ? options.openLoopRate()
              : results.median(workload, http.name()) * options.openLoopPercent() / 100;
      database.settle();
      results.openLoop(
          workload,
          http.name(),
          rate,
          http(
              Load.openLoop(
                  http.with(OPEN_LOOP_CLIENTS), workload, rate, options.seconds(), this::sample)));
      // At a rate that it cannot keep up with, its latency would say no more than that.
      if (rate < 0.9 * results.median(workload, direct.name())) {
        database.settle();
        results.openLoop(
            workload,
            direct.name(),
            rate,
            direct(
                Load.openLoop(
                    direct.with(OPEN_LOOP_CONNECTIONS),
                    workload,
                    rate,
                    options.seconds(),
                    this::sample)));
      } else {
        report.line("%-8s %-8s cannot keep up with %.0f/s", workload.text(), "direct", rate);
      }
    }
  }

  private Measured http(Measured measured) {
    httpAcknowledged += measured.acknowledgedInAll();
    return measured;
  }

  private Measured direct(Measured measured) {
    directAcknowledged += measured.acknowledgedInAll();
    return measured;
  }

  private Probe.Sample sample() throws Exception {
    Service.Journal journal = service.journal();
    return new Probe.Sample(
        database.transactionIds(),
        database.walBytes(),
        journal.batches(),
        journal.commands(),
        service.cpuSeconds());
  }

  private List<String> check() throws Exception {
    var faults = new ArrayList<String>();
    faults.addAll(books(SERVICE_DB, httpAcknowledged));
    faults.addAll(books(DIRECT_DB, directAcknowledged));
    if (pgbench.isPresent()) {
      faults.addAll(books(PGBENCH_DB, pgbenchAcknowledged));
    }
    try (var connection = new Http(service.port())) {
      connection.exchange(HttpClient.request("GET", "/v1/ledger/trial-balance", apiKey, "-", ""));
      report.line("trial balance: %s", connection.body());
      if (!connection.body().contains("\"balanced\":true")
          || connection.body().contains("\"balanced\":false")) {
        faults.add("the trial balance does not balance");
      }
    }
    faults.forEach(fault -> report.line("WRONG: %s", fault));
    report.line(faults.isEmpty() ? "the books are right" : "THE BOOKS ARE WRONG");
    return faults;
  }

  private List<String> books(String name, long acknowledged) throws Exception {
    report.line("%s: %,d payments acknowledged; checking the books", name, acknowledged);
    try (Connection connection = database.connect(name)) {
      return BooksCheck.run(connection, acknowledged).stream()
          .map(fault -> name + ": " + fault)
          .toList();
    }
  }
}
