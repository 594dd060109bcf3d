package io.quittance.bench;

import java.io.File;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;

/**
 * What callers notice of a rolling restart of two replicas: payments at a fixed rate go to the
 * ready ones by turns, while each replica is replaced as Kubernetes does with {@code maxSurge: 1}.
 * With and without the warm-up, in turns. Ends with 1 if an acknowledged payment is lost or doubled
 * or the books are wrong.
 */
public final class RollingBench {

  private static final String DB = "service";
  private static final int REPLICAS = 2;
  private static final int CLIENTS = 256;
  private static final int FILL_CLIENTS = 32;
  private static final int FILL_SECONDS = 10;
  private static final int LONGEST_SECONDS = 600;

  /**
   * Load before each restart, so that the old replicas are warm; the last part is compared with.
   */
  private static final int BEFORE_SECONDS = 30;

  private static final int COMPARED_SECONDS = 10;

  /** Of a replica that has just become ready, what is looked at by itself. */
  private static final int FIRST_SECONDS = 10;

  /** Between that a replica gets no more payments and its SIGTERM. */
  private static final int DRAIN_MS = 2_000;

  private static final int AFTER_MS = 10_000;

  /** What the command line asks for. */
  private record Plan(
      int rounds, double perSecond, Path jar, List<String> jvm, String limit, boolean warmFirst) {

    static Plan parse(String[] args) {
      int rounds = 1;
      double perSecond = 200;
      Path jar = Service.jar();
      List<String> jvm = List.of();
      String limit = "20s";
      boolean warmFirst = false;
      var words = Arrays.asList(args).iterator();
      while (words.hasNext()) {
        String word = words.next();
        switch (word) {
          case "--rounds" -> rounds = Integer.parseInt(words.next());
          case "--rate" -> perSecond = Double.parseDouble(words.next());
          case "--service" -> jar = Path.of(words.next());
          case "--service-jvm" -> jvm = List.of(words.next().split(" "));
          case "--limit" -> limit = words.next();
          case "--warm-first" -> warmFirst = true;
          default -> throw new IllegalArgumentException(word + "?");
        }
      }
      return new Plan(rounds, perSecond, jar, jvm, limit, warmFirst);
    }
  }

  private final Plan plan;
  private final Report report;
  private final Database database;
  private final Path directory;
  private final Build build;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final List<Service> ready = new CopyOnWriteArrayList<>();
  private final AtomicInteger turns = new AtomicInteger();

  /** When each new replica got its first payments, by its port. */
  private final Map<Integer, Long> readySince = new ConcurrentHashMap<>();

  private Histogram first = Latencies.histogram();

  private RollingBench(Plan plan, Report report, Database database, Path directory, Build build) {
    this.plan = plan;
    this.report = report;
    this.database = database;
    this.directory = directory;
    this.build = build;
  }

  /**
   * {@code bench/run rolling [--rounds 1] [--rate 200] [--service path/to/quittance.jar]
   * [--service-jvm "-XX:AOTCache=…"] [--limit 20s] [--warm-first]}.
   */
  public static void main(String[] args) throws Exception {
    Plan plan = Plan.parse(args);
    Path directory = Path.of(System.getProperty("bench.results"));
    List<String> faults;
    try (var report = new Report(directory, "rolling");
        Database database = Database.start()) {
      report.line("%s", plan);
      Build build = Build.install(DB, plan.jar(), database, directory, 1);
      var bench = new RollingBench(plan, report, database, directory, build);
      bench.run();
      report.line("%,d payments acknowledged; checking", bench.acknowledged.size());
      try (Connection connection = database.connect(DB)) {
        faults = StormCheck.run(connection, bench.acknowledged);
      }
      faults.forEach(fault -> report.line("WRONG: %s", fault));
      report.line(faults.isEmpty() ? "nothing is lost or doubled, the books are right" : "WRONG");
    }
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private void run() throws Exception {
    try {
      for (int i = 0; i < REPLICAS; i++) {
        ready.add(start("0s"));
      }
      fill();
      for (int round = 1; round <= plan.rounds(); round++) {
        boolean warm = plan.warmFirst() == (round % 2 == 1);
        turn(round, warm);
        turn(round, !warm);
      }
    } finally {
      for (Service service : ready) {
        service.close();
      }
    }
  }

  /** Plans that were made for empty tables would be measured otherwise. */
  private void fill() throws Exception {
    String apiKey = build.apiKeys().getFirst();
    Storm.closedLoop(next(), apiKey, acknowledged, FILL_CLIENTS, FILL_SECONDS);
    database.analyze(DB);
  }

  private void turn(int round, boolean warm) throws Exception {
    database.settle();
    storm(BEFORE_SECONDS - COMPARED_SECONDS).run();
    line(round, "before", storm(COMPARED_SECONDS).run());
    first = Latencies.histogram();
    Storm during = storm(LONGEST_SECONDS);
    var load =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return during.run();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    String starts = replaceEach(warm ? plan.limit() : "0s");
    Thread.sleep(AFTER_MS);
    during.end();
    line(round, warm ? "warm-up" : "cold", load.join());
    report.line(
        "           of these at new replicas in their first %d s: %,d, p50 %.0f, p99 %.0f, slowest %.0f ms,"
            + " %d above 500 ms; ready after %s",
        FIRST_SECONDS,
        first.getTotalCount(),
        Latencies.ms(first, 50),
        Latencies.ms(first, 99),
        Latencies.ms(first, 100),
        first.getTotalCount() - first.getCountBetweenValues(0, 500_000),
        starts);
  }

  private Storm storm(int seconds) {
    String apiKey = build.apiKeys().getFirst();
    return Storm.over(
        this::next, this::heard, apiKey, acknowledged, CLIENTS, plan.perSecond(), seconds);
  }

  private synchronized void heard(int port, long micros) {
    Long since = readySince.get(port);
    if (since != null && System.nanoTime() - since < FIRST_SECONDS * 1_000_000_000L) {
      first.recordValue(micros);
    }
  }

  /** The ready replicas, by turns. */
  private int next() {
    List<Service> now = List.copyOf(ready);
    return now.get(Math.floorMod(turns.getAndIncrement(), now.size())).port();
  }

  private Service start(String limit) throws Exception {
    var jvm = new ArrayList<>(plan.jvm());
    jvm.add("-Dquittance.warm-up.limit=" + limit);
    File log = directory.resolve("rolling-%s.log".formatted(limit)).toFile();
    return Service.start(plan.jar(), database, DB, jvm, log);
  }

  private String replaceEach(String limit) throws Exception {
    var starts = new StringBuilder();
    for (Service old : List.copyOf(ready)) {
      Service next = start(limit);
      readySince.put(next.port(), System.nanoTime());
      ready.add(next);
      ready.remove(old);
      Thread.sleep(DRAIN_MS);
      old.close();
      starts.append("%.1f s, ".formatted(next.readyAfterSeconds()));
    }
    return starts.substring(0, starts.length() - 2);
  }

  private void line(int round, String what, Storm.Result result) {
    report.line(
        "%d %-8s %,6d payments in %.0f s: p50 %.0f, p99 %.0f, p99.9 %.0f, slowest %d ms; %d timeouts,"
            + " %d refused, %d other failures %s; %d unsent",
        round,
        what,
        result.accepted().getTotalCount(),
        result.seconds(),
        Latencies.ms(result.accepted(), 50),
        Latencies.ms(result.accepted(), 99),
        Latencies.ms(result.accepted(), 99.9),
        result.slowest(),
        count(result.others(), true),
        result.refused().getTotalCount(),
        count(result.others(), false),
        result.others(),
        result.unsent());
  }

  private static int count(Map<String, Integer> others, boolean timeouts) {
    return others.entrySet().stream()
        .filter(other -> other.getKey().startsWith("504") == timeouts)
        .mapToInt(Map.Entry::getValue)
        .sum();
  }
}
