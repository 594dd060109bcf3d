package io.quittance.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Several replicas of two builds on one database, under load: all of the old one, then one after
 * the other is replaced, then an old one comes back and is killed. Says how many connections they
 * take. Ends with 1 if an acknowledged payment is lost or doubled, the books are wrong, or a hash
 * chain does not verify on either build.
 */
public final class ReplicasBench {

  private static final String DB = "service";
  private static final int CLIENTS = 32;
  private static final int LONGEST_SECONDS = 1_200;
  private static final int SAMPLE_MS = 250;

  private static final String CONNECTIONS =
      "select count(*) from pg_stat_activity where datname = '%s' and pid <> pg_backend_pid()"
          .formatted(DB);

  /** What the command line asks for. */
  private record Plan(Path before, Path jar, int replicas, double perSecond, int seconds) {

    static Plan parse(String[] args) {
      Path before = null;
      Path jar = Service.jar();
      int replicas = 3;
      double perSecond = 100;
      int seconds = 15;
      var words = Arrays.asList(args).iterator();
      while (words.hasNext()) {
        String word = words.next();
        switch (word) {
          case "--from" -> before = Path.of(words.next());
          case "--service" -> jar = Path.of(words.next());
          case "--replicas" -> replicas = Integer.parseInt(words.next());
          case "--rate" -> perSecond = Double.parseDouble(words.next());
          case "--seconds" -> seconds = Integer.parseInt(words.next());
          default -> throw new IllegalArgumentException(word + "?");
        }
      }
      return new Plan(before == null ? jar : before, jar, replicas, perSecond, seconds);
    }
  }

  private final Plan plan;
  private final Report report;
  private final Database database;
  private final Connection admin;
  private final Path directory;
  private final Build build;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final List<Service> ready = new CopyOnWriteArrayList<>();
  private final AtomicInteger turns = new AtomicInteger();
  private final List<String> faults = new ArrayList<>();

  private ReplicasBench(
      Plan plan, Report report, Database database, Path directory, Build build, Connection admin) {
    this.plan = plan;
    this.report = report;
    this.database = database;
    this.directory = directory;
    this.build = build;
    this.admin = admin;
  }

  /**
   * {@code bench/run replicas [--from path/to/old/quittance.jar] [--service path/to/quittance.jar]
   * [--replicas 3] [--rate 100] [--seconds 15]}.
   */
  public static void main(String[] args) throws Exception {
    Plan plan = Plan.parse(args);
    Path directory = Path.of(System.getProperty("bench.results"));
    List<String> faults;
    try (var report = new Report(directory, "replicas");
        Database database = Database.start()) {
      report.line("%s", plan);
      Build build = Build.install(DB, plan.before(), database, directory, 1);
      try (Connection admin = database.connect(DB)) {
        var bench = new ReplicasBench(plan, report, database, directory, build, admin);
        bench.run();
        faults = bench.faults;
        faults.addAll(StormCheck.run(admin, bench.acknowledged));
        report.line("%,d payments acknowledged", bench.acknowledged.size());
      }
      faults.forEach(fault -> report.line("WRONG: %s", fault));
      report.line(faults.isEmpty() ? "nothing is lost or doubled, the books are right" : "WRONG");
    }
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private void run() throws Exception {
    try {
      for (int i = 0; i < plan.replicas(); i++) {
        ready.add(start(plan.before(), "old-" + i));
      }
      report.line("%d replicas that rest: %d connections", ready.size(), connections());
      Storm storm =
          Storm.over(
              this::next,
              (_, _) -> {},
              build.apiKeys().getFirst(),
              acknowledged,
              CLIENTS,
              plan.perSecond(),
              LONGEST_SECONDS);
      var load = CompletableFuture.supplyAsync(() -> result(storm));
      steps();
      storm.end();
      Storm.Result result = load.join();
      report.line("others than 201 in the whole run: %s", result.others());
    } finally {
      for (Service service : ready) {
        service.close();
      }
    }
  }

  private void steps() throws Exception {
    watch("%d of the old build".formatted(ready.size()));
    for (Service old : List.copyOf(ready)) {
      ready.add(start(plan.jar(), "new-" + ready.size()));
      ready.remove(old);
      watch("one more is new");
      old.close();
    }
    watch("%d of the new build".formatted(ready.size()));
    forgetStaleTimes();
    verify("the new build", ready.getFirst());
    Service back = start(plan.before(), "old-again");
    ready.add(back);
    watch("and one of the old build");
    verify("the old build", back);
    ready.remove(back);
    back.kill();
    watch("which was killed");
    forgetStaleTimes();
    verify("the new build", ready.getFirst());
  }

  /** The step that docs/operations.md asks for once the last replica of an older build is gone. */
  private void forgetStaleTimes() throws SQLException {
    try (Statement statement = admin.createStatement()) {
      int accounts =
          statement.executeUpdate(
              "update accounts set last_entry_at = null where last_entry_at is not null");
      report.line("%d accounts forget when their last entry was", accounts);
    }
  }

  /** Lets some seconds of load pass. */
  private void watch(String what) throws SQLException, InterruptedException {
    long most = 0;
    int before = acknowledged.size();
    for (int i = 0; i < plan.seconds() * 1_000 / SAMPLE_MS; i++) {
      Thread.sleep(SAMPLE_MS);
      most = Math.max(most, connections());
    }
    report.line(
        "%-24s %,6d payments in %d s, %d connections at most",
        what, acknowledged.size() - before, plan.seconds(), most);
  }

  private long connections() throws SQLException {
    return Database.number(admin, CONNECTIONS);
  }

  private void verify(String who, Service service) throws IOException {
    try (var http = new Http(service.port())) {
      String apiKey = build.apiKeys().getFirst();
      int status = http.exchange(HttpClient.request("GET", "/v1/ledger/verify", apiKey, "-", ""));
      report.line("%s verifies: %d %s", who, status, http.body());
      if (status != 200 || !http.body().contains("\"intact\":true")) {
        faults.add(who + " finds that the hash chain is broken");
      }
    }
  }

  /** The ready replicas, by turns. */
  private int next() {
    List<Service> now = List.copyOf(ready);
    return now.get(Math.floorMod(turns.getAndIncrement(), now.size())).port();
  }

  private Service start(Path jar, String name) throws Exception {
    File log = directory.resolve("replicas-%s.log".formatted(name)).toFile();
    return Service.start(jar, database, DB, List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"), log);
  }

  private static Storm.Result result(Storm storm) {
    try {
      return storm.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
