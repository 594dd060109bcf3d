package io.quittance.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What the service does when more is asked of it than it can do: at multiples of its peak, with its
 * database paused, with the accounts locked, and with fraud screening hung. Ends with 1 if an
 * acknowledged payment is lost or doubled or the books are wrong.
 */
public final class OverloadBench {

  private static final String DB = "service";
  private static final double[] FACTORS = {0.5, 0.9, 1, 2, 4};
  private static final int FAULT_SECONDS = 10;
  private static final int AFTER_SECONDS = 10;

  /** Until the JIT compiler is done; before that it takes the processor from everybody. */
  private static final int WARM_UP_SECONDS = 40;

  /** The peak is the most that any of these do. */
  private static final int[] PEAK_CLIENTS = {64, 256, 512};

  private final Report report;
  private final Database database;
  private final Service service;
  private final String apiKey;
  private final int seconds;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final List<String> faults = new ArrayList<>();
  private double peak;

  private OverloadBench(
      Report report, Database database, Service service, String apiKey, int seconds) {
    this.report = report;
    this.database = database;
    this.service = service;
    this.apiKey = apiKey;
    this.seconds = seconds;
  }

  /**
   * {@code bench/run overload [--seconds 10] [--factors 0.5,1,2] [--no-faults] [JVM options of the
   * service]}.
   */
  public static void main(String[] args) throws Exception {
    var jvm = new ArrayList<>(List.of(args));
    int seconds = 10;
    if (jvm.size() > 1 && jvm.getFirst().equals("--seconds")) {
      jvm.removeFirst();
      seconds = Integer.parseInt(jvm.removeFirst());
    }
    double[] factors = FACTORS;
    if (jvm.size() > 1 && jvm.getFirst().equals("--factors")) {
      jvm.removeFirst();
      factors = Stream.of(jvm.removeFirst().split(",")).mapToDouble(Double::parseDouble).toArray();
    }
    boolean faultsToo = !jvm.remove("--no-faults");
    Path directory = Path.of(System.getProperty("bench.results"));
    File log = directory.resolve("service.log").toFile();
    List<String> faults;
    try (var report = new Report(directory, "overload");
        var screening = new SlowScreening();
        Database database = Database.start()) {
      database.create(DB);
      try (Service service = Service.start(database, DB, jvm, log)) {
        String apiKey = Setup.run(service, 1).getFirst();
        var bench = new OverloadBench(report, database, service, apiKey, seconds);
        faults = bench.faults;
        bench.storms(factors);
        if (faultsToo) {
          bench.databaseFaults();
          File second = directory.resolve("service-screening.log").toFile();
          jvm.add("-Dquittance.fraud.url=" + screening.url());
          try (Service screened = Service.start(database, DB, jvm, second)) {
            bench.hungScreening(screened, screening);
          }
        }
        bench.check();
        faults.forEach(fault -> report.line("WRONG: %s", fault));
        report.line(faults.isEmpty() ? "nothing is lost or doubled, the books are right" : "WRONG");
      }
    }
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private void storms(double[] factors) throws Exception {
    report.line("warming up");
    var target =
        new Target(
            "service",
            PEAK_CLIENTS[0],
            () -> new HttpClient(service.port(), apiKey),
            () -> new Probe.Sample(0, 0, 0, 0, service.cpuSeconds()),
            new Tally());
    Load.closedLoop(target.with(8), Workload.UNIFORM, 5);
    Load.closedLoop(target, Workload.UNIFORM, WARM_UP_SECONDS);
    // Refusals, too.
    Storm.closedLoop(service.port(), apiKey, acknowledged, Storm.CLIENTS, WARM_UP_SECONDS / 2.0);
    database.analyze(DB);
    database.settle();
    int best = 0;
    for (int clients : PEAK_CLIENTS) {
      double most = closedLoop(clients);
      report.line("closed loop, %d clients: %.0f payments/s", clients, most);
      best = most > peak ? clients : best;
      peak = Math.max(peak, most);
    }
    report.line("peak: %.0f payments/s", peak);
    for (double factor : factors) {
      database.settle();
      // The machine is not the same from minute to minute.
      double before = closedLoop(best);
      database.settle();
      CpuTime start = CpuTime.of(service);
      Storm.Result result = storm(service, factor * peak, seconds);
      CpuTime end = CpuTime.of(service);
      double after = closedLoop(best);
      line("%.1f x".formatted(factor), result);
      report.line(
          "        goodput %.2f of the peak; %.2f of the closed loop before and after it, %.0f and %.0f/s",
          result.goodput() / peak, 2 * result.goodput() / (before + after), before, after);
      report.line("        %s", end.coresSince(start));
    }
  }

  private void databaseFaults() throws Exception {
    fault("database paused", peak / 2, this::pauseDatabase);
    fault("accounts locked", peak / 2, this::lockAccounts);
  }

  private double closedLoop(int clients) throws Exception {
    return Storm.closedLoop(service.port(), apiKey, acknowledged, clients, seconds).goodput();
  }

  private Storm.Result storm(Service at, double perSecond, double forSeconds) throws Exception {
    return Storm.of(at.port(), apiKey, acknowledged, perSecond, forSeconds);
  }

  private void line(String what, Storm.Result result) throws IOException {
    report.line(
        "%-16s accepted %6.0f/s, p50 %.0f, p99 %.0f ms from due; refused %6.0f/s, p50 %.1f, p99 %.1f"
            + " ms; %d unsent; slowest answer %d ms; %s; RSS %d MB",
        what,
        result.goodput(),
        Latencies.ms(result.accepted(), 50),
        Latencies.ms(result.accepted(), 99),
        result.refused().getTotalCount() / result.seconds(),
        Latencies.ms(result.refused(), 50),
        Latencies.ms(result.refused(), 99),
        result.unsent(),
        result.slowest(),
        result.others().isEmpty() ? "nothing else" : result.others(),
        service.residentMegabytes());
  }

  @FunctionalInterface
  private interface Fault {
    void lastFor(int seconds) throws Exception;
  }

  /** A third of the time before, then the fault, then what comes after it. */
  private void fault(String what, double perSecond, Fault fault) throws Exception {
    int before = 5;
    CompletableFuture<Void> trouble =
        CompletableFuture.runAsync(
            () -> {
              try {
                Thread.sleep(before * 1000L + 500);
                fault.lastFor(FAULT_SECONDS);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    var health = new Liveness(service);
    Storm.Result result;
    try (health) {
      result = storm(service, perSecond, before + FAULT_SECONDS + AFTER_SECONDS);
    }
    trouble.join();
    line(what, result);
    report.line("        accepted each second: %s", seconds(result.acceptedPerSecond()));
    report.line("        liveness: %s", health.summary());
    if (!health.alwaysUp()) {
      faults.add(what + ": liveness was not always up");
    }
  }

  private static String seconds(long[] counts) {
    return LongStream.of(counts)
        .limit(5 + FAULT_SECONDS + AFTER_SECONDS)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(" "));
  }

  /** Nothing of the server runs any more, and nobody is told. */
  private void pauseDatabase(int forSeconds) throws Exception {
    signal("-STOP");
    try {
      Thread.sleep(forSeconds * 1000L);
    } finally {
      signal("-CONT");
    }
  }

  private void signal(String name) throws IOException, InterruptedException {
    ProcessHandle server = database.server();
    List<String> command = new ArrayList<>(List.of("kill", name, Long.toString(server.pid())));
    server.descendants().forEach(child -> command.add(Long.toString(child.pid())));
    new ProcessBuilder(command).start().waitFor();
  }

  /** Whoever wants an account waits with its connection, until there are none left. */
  private void lockAccounts(int forSeconds) throws Exception {
    try (Connection connection = database.connect(DB);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table accounts in access exclusive mode");
      Thread.sleep(forSeconds * 1000L);
      connection.commit();
    }
  }

  private void hungScreening(Service screened, SlowScreening screening) throws Exception {
    storm(screened, 200, 10);
    Storm.Result before = storm(screened, 200, 5);
    line("screened", before);
    screening.hang(true);
    Storm.Result hung = storm(screened, 200, FAULT_SECONDS);
    line("screening hung", hung);
    screening.hang(false);
    Storm.Result after = storm(screened, 200, AFTER_SECONDS);
    line("after that", after);
    report.line(
        "        accepted each second: %s",
        Arrays.toString(Arrays.copyOf(after.acceptedPerSecond(), AFTER_SECONDS)));
  }

  private void check() throws Exception {
    report.line("%,d payments acknowledged in the storms; checking", acknowledged.size());
    try (Connection connection = database.connect(DB)) {
      faults.addAll(StormCheck.run(connection, acknowledged));
    }
  }
}
