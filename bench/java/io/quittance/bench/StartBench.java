package io.quittance.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What a start costs, and what the service does right after it: from {@code java} to ready, and
 * then payments in a closed loop. Two jars, or one with different options, in turns, each on a
 * database of its own. Ends with 1 if an acknowledged payment is lost or doubled or the books are
 * wrong.
 */
public final class StartBench {

  private static final String THIS = "service";
  private static final String OTHER = "against";
  private static final int FIRST_SECONDS = 5;
  private static final int FILL_SECONDS = 10;

  /** What the command line asks for. */
  private record Plan(
      int rounds,
      int seconds,
      int clients,
      Path service,
      Optional<Path> against,
      List<String> serviceJvm,
      List<String> againstJvm) {

    static Plan parse(String[] args) {
      int rounds = 5;
      int seconds = 30;
      int clients = 64;
      Path service = Service.jar();
      Optional<Path> against = Optional.empty();
      List<String> serviceJvm = List.of();
      List<String> againstJvm = List.of();
      var words = Arrays.asList(args).iterator();
      while (words.hasNext()) {
        String word = words.next();
        switch (word) {
          case "--rounds" -> rounds = Integer.parseInt(words.next());
          case "--seconds" -> seconds = Integer.parseInt(words.next());
          case "--clients" -> clients = Integer.parseInt(words.next());
          case "--service" -> service = Path.of(words.next());
          case "--against" -> against = Optional.of(Path.of(words.next()));
          case "--service-jvm" -> serviceJvm = List.of(words.next().split(" "));
          case "--against-jvm" -> againstJvm = List.of(words.next().split(" "));
          default -> throw new IllegalArgumentException(word + "?");
        }
      }
      if (seconds < FIRST_SECONDS) {
        throw new IllegalArgumentException("--seconds: " + FIRST_SECONDS + " or more");
      }
      return new Plan(rounds, seconds, clients, service, against, serviceJvm, againstJvm);
    }
  }

  /**
   * One start.
   *
   * @param perSecond payments acknowledged in each second of the load
   */
  private record Start(
      double readySeconds,
      double cpuSeconds,
      Storm.Result load,
      double payments,
      double first,
      long[] perSecond) {}

  private final Plan plan;
  private final Report report;
  private final Map<Build, Set<String>> acknowledged = new LinkedHashMap<>();
  private final Map<Build, List<Start>> starts = new LinkedHashMap<>();

  private StartBench(Plan plan, Report report, List<Build> builds) {
    this.plan = plan;
    this.report = report;
    for (Build build : builds) {
      acknowledged.put(build, ConcurrentHashMap.newKeySet());
      starts.put(build, new ArrayList<>());
    }
  }

  /**
   * {@code bench/run start [--rounds 5] [--seconds 30] [--clients 64] [--service
   * path/to/quittance.jar] [--against path/to/quittance.jar] [--service-jvm "-XX:AOTCache=…
   * -Dquittance…"] [--against-jvm "…"]}.
   */
  public static void main(String[] args) throws Exception {
    Plan plan = Plan.parse(args);
    Path directory = Path.of(System.getProperty("bench.results"));
    List<String> faults;
    try (var report = new Report(directory, "start");
        Database database = Database.start()) {
      report.line("%s", plan);
      var builds = new ArrayList<Build>();
      builds.add(Build.install(THIS, plan.service(), database, directory, 1));
      if (plan.against().isPresent()) {
        builds.add(Build.install(OTHER, plan.against().get(), database, directory, 1));
      }
      var bench = new StartBench(plan, report, builds);
      for (Build build : builds) {
        bench.fill(build);
      }
      for (int round = 1; round <= plan.rounds(); round++) {
        for (Build build : round % 2 == 0 ? builds.reversed() : builds) {
          database.analyze(build.name());
          database.settle();
          bench.start(round, build);
        }
      }
      bench.summary();
      faults = bench.check(database);
      faults.forEach(fault -> report.line("WRONG: %s", fault));
      report.line(faults.isEmpty() ? "nothing is lost or doubled, the books are right" : "WRONG");
    }
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  /** Plans that were made for empty tables would be measured otherwise. */
  private void fill(Build build) throws Exception {
    try (Service service = build.start(jvm(build))) {
      load(service, build, FILL_SECONDS);
    }
  }

  private List<String> jvm(Build build) {
    return build.name().equals(THIS) ? plan.serviceJvm() : plan.againstJvm();
  }

  private Storm.Result load(Service service, Build build, int seconds) throws Exception {
    return Storm.closedLoop(
        service.port(),
        build.apiKeys().getFirst(),
        acknowledged.get(build),
        plan.clients(),
        seconds);
  }

  private void start(int round, Build build) throws Exception {
    try (Service service = build.start(jvm(build))) {
      double cpu = service.cpuSeconds();
      Storm.Result load = load(service, build, plan.seconds());
      long[] each = Arrays.copyOf(load.acceptedPerSecond(), plan.seconds());
      var start =
          new Start(
              service.readyAfterSeconds(),
              cpu,
              load,
              LongStream.of(each).sum(),
              LongStream.of(each).limit(FIRST_SECONDS).sum(),
              each);
      starts.get(build).add(start);
      line(round, build, start);
    }
  }

  private void line(int round, Build build, Start start) {
    report.line(
        "%d %-8s ready after %.1f s, %.1f s of CPU; then %.0f payments in %d s (%.0f in the first %d),"
            + " p50 %.0f, p99 %.0f, max %d ms; %d refused, %s",
        round,
        build.name(),
        start.readySeconds(),
        start.cpuSeconds(),
        start.payments(),
        plan.seconds(),
        start.first(),
        FIRST_SECONDS,
        Latencies.ms(start.load().accepted(), 50),
        Latencies.ms(start.load().accepted(), 99),
        start.load().slowest(),
        start.load().refused().getTotalCount(),
        start.load().others().isEmpty() ? "nothing else" : start.load().others());
    report.line(
        "           each second: %s",
        LongStream.of(start.perSecond()).mapToObj(Long::toString).collect(Collectors.joining(" ")));
  }

  private void summary() {
    List<Build> builds = List.copyOf(starts.keySet());
    if (builds.size() < 2) {
      return;
    }
    ratio("wall clock to ready", builds, Start::readySeconds);
    ratio("CPU to ready", builds, Start::cpuSeconds);
    ratio("payments in %d s".formatted(plan.seconds()), builds, Start::payments);
    ratio("payments in %d s".formatted(FIRST_SECONDS), builds, Start::first);
    ratio("p99", builds, start -> Latencies.ms(start.load().accepted(), 99));
  }

  private void ratio(String what, List<Build> builds, ToDoubleFunction<Start> value) {
    List<Double> mine = each(builds.getFirst(), value);
    List<Double> others = each(builds.getLast(), value);
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < mine.size(); i++) {
      ratios.add(mine.get(i) / others.get(i));
    }
    report.line(
        "RATIO %s: %.2f (rounds %.2f to %.2f); medians %.1f and %.1f",
        what,
        Report.median(ratios),
        ratios.stream().min(Double::compare).orElseThrow(),
        ratios.stream().max(Double::compare).orElseThrow(),
        Report.median(mine),
        Report.median(others));
  }

  private List<Double> each(Build build, ToDoubleFunction<Start> value) {
    return starts.get(build).stream().map(value::applyAsDouble).toList();
  }

  private List<String> check(Database database) throws Exception {
    var faults = new ArrayList<String>();
    for (Map.Entry<Build, Set<String>> side : acknowledged.entrySet()) {
      String name = side.getKey().name();
      report.line("%s: %,d payments acknowledged; checking", name, side.getValue().size());
      try (Connection connection = database.connect(name)) {
        StormCheck.run(connection, side.getValue())
            .forEach(fault -> faults.add(name + ": " + fault));
      }
    }
    return faults;
  }
}
