package io.quittance.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Operations over HTTP against the same rows written directly, and against another build of the
 * service, in turns on one PostgreSQL. Ends with 1 when the books of any side are wrong.
 */
public final class PaymentBench {

  private static final String AGAINST = "against";
  private static final String DIRECT = "direct";
  private static final String PGBENCH = "pgbench";
  private static final int CALIBRATION_SECONDS = 3;
  private static final int COLD_CLIENTS = 8;
  private static final int COLD_SECONDS = 5;
  private static final int WARM_UP_CONNECTIONS = 16;

  /** More than are ever waiting, so that an arrival finds a free client. */
  private static final int OPEN_LOOP_CLIENTS = 256;

  private static final int OPEN_LOOP_CONNECTIONS = 64;

  private final Options options;
  private final Report report;
  private final Database database;
  private final Map<Build, Service> services;
  private final List<Target> builds = new ArrayList<>();
  private final Optional<Target> direct;
  private final Map<Workload, Integer> connections = new EnumMap<>(Workload.class);
  private final Optional<Pgbench> pgbench;
  private final Tally pgbenchTally = new Tally();
  private final Results results;

  private PaymentBench(
      Options options,
      Report report,
      Database database,
      Map<Build, Service> services,
      UUID merchant) {
    this.options = options;
    this.report = report;
    this.database = database;
    this.services = services;
    services.forEach((build, service) -> builds.add(build.target(service, options.clients())));
    this.direct =
        options.baseline()
            ? Optional.of(
                new Target(
                    DIRECT,
                    options.connections().getFirst(),
                    () -> new DirectSql(database.connect(DIRECT), merchant, options.style()),
                    () -> new Probe.Sample(database.transactionIds(), database.walBytes(), 0, 0, 0),
                    new Tally()))
            : Optional.empty();
    this.pgbench = options.pgbench() ? Pgbench.find(database, PGBENCH, merchant) : Optional.empty();
    this.results = new Results(report);
  }

  /** See {@link Options#USAGE}. */
  public static void main(String[] args) throws Exception {
    Options options = Options.parse(args);
    Path directory = Path.of(System.getProperty("bench.results"));
    List<String> faults;
    try (var report = new Report(directory, "payments");
        Database database = Database.start(options.database())) {
      report.line("%s", options);
      var machine = ManagementFactory.getOperatingSystemMXBean();
      report.line(
          "%d cores for client, service and database; load average before the start: %.2f",
          machine.getAvailableProcessors(), machine.getSystemLoadAverage());
      report.line("PostgreSQL: %s", String.join(" ", database.settings()));
      var builds = new ArrayList<Build>();
      builds.add(
          Build.install(Results.SERVICE, Service.jar(), database, directory, options.merchants()));
      if (options.against().isPresent()) {
        Path jar = options.against().get();
        builds.add(Build.install(AGAINST, jar, database, directory, options.merchants()));
      }
      // Copies of one and the same state, so that no side starts with a smaller table.
      if (options.baseline()) {
        database.copy(Results.SERVICE, DIRECT);
        database.copy(Results.SERVICE, PGBENCH);
      }
      UUID merchant;
      try (Connection connection = database.connect(Results.SERVICE)) {
        merchant = UUID.fromString(Database.text(connection, "select id from merchants limit 1"));
        report.line("one durable commit: %.0f µs (median)", CommitTime.micros(connection));
      }
      var services = new LinkedHashMap<Build, Service>();
      try {
        for (Build build : builds) {
          List<String> jvm =
              build.name().equals(AGAINST) ? options.againstJvm() : options.serviceJvm();
          services.put(build, build.start(jvm));
        }
        faults = new PaymentBench(options, report, database, services, merchant).run();
      } finally {
        for (Service service : services.values()) {
          service.close();
        }
      }
    }
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private List<String> run() throws Exception {
    warmUp();
    // Plans made for tables that were empty then would be measured otherwise, not the service.
    for (Target side : sides()) {
      database.analyze(side.name());
    }
    if (pgbench.isPresent()) {
      database.analyze(PGBENCH);
    }
    calibrate();
    long commitsBefore = database.commits(Results.SERVICE);
    long acknowledgedBefore = builds.getFirst().tally().all();
    for (int round = 1; round <= options.rounds(); round++) {
      for (Workload workload : options.loads()) {
        closedLoops(round, workload);
      }
    }
    results.summary();
    if (options.openLoop()) {
      openLoops();
    }
    Thread.sleep(11_000); // idle sessions report their statistics after ten seconds
    report.line(
        "all transactions of the service, reading ones included: %.3f per operation",
        (double) (database.commits(Results.SERVICE) - commitsBefore)
            / (builds.getFirst().tally().all() - acknowledgedBefore));
    return check();
  }

  private List<Target> sides() {
    var sides = new ArrayList<Target>(builds);
    direct.ifPresent(sides::add);
    return sides;
  }

  private void warmUp() throws Exception {
    report.line("warming up");
    // A cold JVM under full load may miss deadlines, and a payment that was not made ends the run.
    for (Target build : builds) {
      Load.closedLoop(build.with(COLD_CLIENTS), options.loads().getFirst(), COLD_SECONDS);
    }
    double seconds = (double) options.warmUpSeconds() / options.loads().size();
    for (Workload workload : options.loads()) {
      for (Target build : builds) {
        Load.closedLoop(build, workload, seconds);
      }
      if (direct.isPresent()) {
        Load.closedLoop(direct.get().with(WARM_UP_CONNECTIONS), workload, seconds);
      }
    }
  }

  /** The baseline gets as many connections as it is fastest with. */
  private void calibrate() throws Exception {
    for (Workload workload : direct.isPresent() ? options.loads() : List.<Workload>of()) {
      double best = 0;
      for (int count : options.connections()) {
        database.settle();
        Measured measured =
            Load.closedLoop(direct.get().with(count), workload, CALIBRATION_SECONDS);
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

  /** Every other round the other way about, so that nobody is always the one who comes first. */
  private void closedLoops(int round, Workload workload) throws Exception {
    List<Target> sides = sides();
    for (Target side : round % 2 == 0 ? sides.reversed() : sides) {
      boolean tuned = side.name().equals(DIRECT);
      database.settle();
      results.add(
          round,
          workload,
          side.name(),
          Load.closedLoop(
              tuned ? side.with(connections.get(workload)) : side, workload, options.seconds()));
    }
    if (pgbench.isPresent() && !workload.mixed()) {
      database.settle();
      Pgbench.Result result =
          pgbench.get().run(workload, connections.get(workload), options.seconds());
      pgbenchTally.addPayments(result.acknowledged());
      results.add(round, workload, result);
    }
  }

  private void openLoops() throws Exception {
    for (Workload workload : options.loads()) {
      double rate =
          options.openLoopRate() > 0
              ? options.openLoopRate()
              : results.median(workload, Results.SERVICE) * options.openLoopPercent() / 100;
      for (Target side : sides()) {
        // At a rate that it cannot keep up with, its latency would say no more than that.
        if (side.name().equals(DIRECT) && rate >= 0.9 * results.median(workload, DIRECT)) {
          report.line("%-9s %-8s cannot keep up with %.0f/s", workload.text(), DIRECT, rate);
          continue;
        }
        int clients = side.name().equals(DIRECT) ? OPEN_LOOP_CONNECTIONS : OPEN_LOOP_CLIENTS;
        database.settle();
        results.openLoop(
            workload,
            side.name(),
            rate,
            Load.openLoop(side.with(clients), workload, rate, options.seconds()));
      }
    }
  }

  private List<String> check() throws Exception {
    var faults = new ArrayList<String>();
    for (Target side : sides()) {
      faults.addAll(books(side.name(), side.tally()));
    }
    if (pgbench.isPresent()) {
      faults.addAll(books(PGBENCH, pgbenchTally));
    }
    for (Map.Entry<Build, Service> entry : services.entrySet()) {
      for (String balance : entry.getKey().trialBalances(entry.getValue())) {
        report.line("trial balance of %s: %s", entry.getKey().name(), balance);
        if (!balance.contains("\"balanced\":true") || balance.contains("\"balanced\":false")) {
          faults.add(entry.getKey().name() + ": the trial balance does not balance");
        }
      }
    }
    faults.forEach(fault -> report.line("WRONG: %s", fault));
    report.line(faults.isEmpty() ? "the books are right" : "THE BOOKS ARE WRONG");
    return faults;
  }

  private List<String> books(String name, Tally acknowledged) throws Exception {
    report.line("%s: %,d operations acknowledged; checking the books", name, acknowledged.all());
    try (Connection connection = database.connect(name)) {
      return BooksCheck.run(connection, acknowledged).stream()
          .map(fault -> name + ": " + fault)
          .toList();
    }
  }
}
