package io.quittance.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Interaction events over HTTP: how many a second, at what latency, and for how much processor
 * time, in bodies of 10, 100 and 1 000, with and without look-ups, packed and not; beside a row,
 * and an upsert, for each event. Ends with 1 unless everything that was accepted is counted.
 */
public final class AnalyticsBench {

  private static final String DB = "service";
  private static final int PAYMENTS = 50_000;
  private static final int[] SIZES = {10, 100, 1_000};
  private static final int MOST_ROUNDS = 3;
  private static final int TURNS = 5;
  private static final double MOST_RATE = 500_000;
  private static final double OPEN_LOOP_SHARE = 0.5;
  private static final Duration DRAIN_LIMIT = Duration.ofMinutes(1);

  private static final String PAYMENT =
      """
      insert into payments (merchant_id, id, status, amount, currency, payer, payee,
        capture_method, amount_captured, amount_refunded, metadata, granted_ms, used_ms,
        hold_seconds, event_count, created_at, resolves_by)
      values (?, ?, 'succeeded', 100, 'EUR', 'alice', ?, 'automatic', 100, 0, '{}', 2000, 5,
        604800, 1, now(), now())
      """;

  private final Report report;
  private final Database database;
  private final Service service;
  private final String apiKey;
  private final double seconds;
  private final int connections;
  private long accepted;

  private AnalyticsBench(
      Report report,
      Database database,
      Service service,
      String apiKey,
      double seconds,
      int connections) {
    this.report = report;
    this.database = database;
    this.service = service;
    this.apiKey = apiKey;
    this.seconds = seconds;
    this.connections = connections;
  }

  /**
   * {@code bench/run analytics [--seconds 10] [--connections 32] [--most | --look-ups | --turns]
   * [JVM options of the service]}; {@code --most}: bodies of 1 000 without look-ups only, at 500
   * 000 events/s as well; {@code --turns}: each size with and without look-ups, a row and an upsert
   * for each event, in turns and in a closed loop only.
   */
  public static void main(String[] args) throws Exception {
    var jvm = new ArrayList<String>();
    double seconds = 10;
    int connections = 32;
    boolean most = false;
    boolean lookUps = false;
    boolean turns = false;
    var words = List.of(args).iterator();
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "--seconds" -> seconds = Double.parseDouble(words.next());
        case "--connections" -> connections = Integer.parseInt(words.next());
        case "--look-ups" -> lookUps = true;
        case "--most" -> most = true;
        case "--turns" -> turns = true;
        default -> jvm.add(word);
      }
    }
    Path directory = Path.of(System.getProperty("bench.results"));
    File log = directory.resolve("service.log").toFile();
    boolean exact;
    try (var report = new Report(directory, "analytics");
        Database database = Database.start()) {
      database.create(DB);
      try (Service service = Service.start(database, DB, jvm, log)) {
        var bench =
            new AnalyticsBench(report, database, service, merchant(service), seconds, connections);
        bench.warmUp();
        if (most) {
          bench.most();
        } else if (turns) {
          bench.turns();
        } else if (lookUps) {
          bench.lookUpsInTurns();
        } else {
          bench.all();
        }
        exact = bench.exact();
      }
    }
    System.exit(exact ? 0 : 1);
  }

  private static String merchant(Service service) throws IOException {
    try (var http = new Http(service.port())) {
      Setup.expect(
          http, 201, "POST", "/v1/merchants", Service.OPERATOR_KEY, "{\"name\":\"bench\"}");
      return Setup.between(http.body(), "\"secret\":\"", "\"");
    }
  }

  private void warmUp() throws Exception {
    report.line("warming up");
    measured(closedLoop(100, List.of(), false, seconds));
    measured(closedLoop(1_000, List.of(), false, 2 * seconds));
    report.line("RSS %d MB", service.residentMegabytes());
  }

  private void most() throws Exception {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      both("bodies of 1000", 1_000, List.of(), false);
      openLoop(MOST_RATE, 1_000, List.of(), false);
    }
  }

  private void all() throws Exception {
    for (int size : SIZES) {
      both("bodies of %d".formatted(size), size, List.of(), false);
    }
    both("bodies of 1000, gzip", 1_000, List.of(), true);
    lookUps();
    var rows = new EventRows(database, DB);
    report.line("a row for each event, by COPY: %.0f events/s", rows.copied(seconds));
    report.line("an upsert for each event: %.0f events/s", rows.upserted(seconds));
  }

  private void turns() throws Exception {
    List<String> known = payments();
    var rows = new EventRows(database, DB);
    for (int round = 1; round <= TURNS; round++) {
      for (int size : SIZES) {
        closed("%d: bodies of %d".formatted(round, size), size, List.of(), false);
        closed("%d: bodies of %d, looked up".formatted(round, size), size, known, false);
      }
      report.line("%d: a row for each event: %.0f events/s", round, rows.copied(seconds));
      report.line("%d: an upsert for each event: %.0f events/s", round, rows.upserted(seconds));
    }
  }

  private void lookUpsInTurns() throws Exception {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      lookUps();
    }
  }

  private void lookUps() throws Exception {
    both("bodies of 1000, every fifth looked up", 1_000, payments(), false);
    List<String> unknown = payments();
    try (var _ = new HangingLookUps(database, DB)) {
      both("bodies of 1000, every look-up hangs", 1_000, unknown, false);
    }
  }

  private EventLoad.Result closedLoop(int size, List<String> payments, boolean gzip, double time)
      throws Exception {
    return EventLoad.closedLoop(
        service.port(),
        connections,
        time,
        client -> EventBody.of(apiKey, size, payments, gzip, next()));
  }

  private int clients;

  /** Ids of one run are not those of another. */
  private int next() {
    return ++clients;
  }

  private void both(String what, int size, List<String> payments, boolean gzip) throws Exception {
    double perSecond = closed(what, size, payments, gzip);
    openLoop(OPEN_LOOP_SHARE * perSecond, size, payments, gzip);
  }

  private double closed(String what, int size, List<String> payments, boolean gzip)
      throws Exception {
    database.settle();
    CpuTime before = CpuTime.of(service);
    EventLoad.Result most = measured(closedLoop(size, payments, gzip, seconds));
    CpuTime after = CpuTime.of(service);
    double events = most.events();
    report.line(
        "%-40s %8.0f events/s, p50 %.1f ms, p99 %.1f ms; µs of a core per event: service %.2f, client %.2f, rest %.2f",
        what,
        most.perSecond(),
        Latencies.ms(most.latencies(), 50),
        Latencies.ms(most.latencies(), 99),
        1e6 * (after.service() - before.service()) / events,
        1e6 * (after.client() - before.client()) / events,
        1e6 * (after.rest() - before.rest()) / events);
    return most.perSecond();
  }

  private void openLoop(double rate, int size, List<String> payments, boolean gzip)
      throws Exception {
    CpuTime before = CpuTime.of(service);
    EventLoad.Result open =
        measured(
            EventLoad.openLoop(
                service.port(),
                connections,
                seconds,
                rate / size,
                client -> EventBody.of(apiKey, size, payments, gzip, next())));
    CpuTime after = CpuTime.of(service);
    report.line(
        "%-40s at %.0f events/s: p50 %.1f ms, p99 %.1f ms, max %.0f ms from due; %d refused; service %.2f µs; RSS %d MB",
        "",
        open.perSecond(),
        Latencies.ms(open.latencies(), 50),
        Latencies.ms(open.latencies(), 99),
        Latencies.ms(open.latencies(), 100),
        open.refused(),
        1e6 * (after.service() - before.service()) / open.events(),
        service.residentMegabytes());
  }

  private EventLoad.Result measured(EventLoad.Result result) {
    accepted += result.events();
    return result;
  }

  private List<String> payments() throws SQLException {
    var ids = new ArrayList<String>();
    try (Connection connection = database.connect(DB);
        PreparedStatement insert = connection.prepareStatement(PAYMENT)) {
      connection.setAutoCommit(false);
      UUID merchant =
          UUID.fromString(Database.text(connection, "select id::text from merchants limit 1"));
      for (int i = 0; i < PAYMENTS; i++) {
        UUID id = UUID.randomUUID();
        ids.add(TypeIds.payment(id));
        insert.setObject(1, merchant);
        insert.setObject(2, id);
        insert.setString(3, "shop" + i % 20);
        insert.addBatch();
      }
      insert.executeBatch();
      connection.commit();
    }
    return ids;
  }

  /**
   * Whether panes of each step, and the totals, are what was acknowledged; where Kafka has events
   * first, once they have been counted.
   */
  private boolean exact() throws SQLException, InterruptedException {
    try (Connection connection = database.connect(DB)) {
      long start = System.nanoTime();
      long totals = totals(connection);
      while (totals < accepted && System.nanoTime() - start < DRAIN_LIMIT.toNanos()) {
        Thread.sleep(100);
        totals = totals(connection);
      }
      report.line("counted %.1f s after the last answer", (System.nanoTime() - start) / 1e9);
      long panes =
          Database.number(
              connection,
              "select sum(occurrences) from analytics_panes where metric = 'events' and step = 3600");
      report.line("accepted %d, totals %d, panes %d", accepted, totals, panes);
      return accepted == totals && accepted == panes;
    }
  }

  private static long totals(Connection connection) throws SQLException {
    return Database.number(connection, "select sum(accepted) from analytics_totals");
  }
}
