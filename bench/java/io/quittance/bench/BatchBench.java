package io.quittance.bench;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Batches of payments beside single ones, and beside direct SQL in one transaction per payment and
 * in one per thousand: items per second, in turns. Then what a batch does to others' payments, and
 * how late a batch is answered whose screening hangs.
 */
public final class BatchBench {

  private static final int SINGLE_CLIENTS = 64;
  private static final int DIRECT_CONNECTIONS = 8;
  private static final int NEIGHBOURS = 8;
  private static final int CREATED = 201;
  private static final int LATE_DEADLINE_MS = 1_000;
  private static final int LATE_WARM_UP = 20;
  private static final int LATE_BATCHES = 20;

  private static final String PARALLELISM = "-Dquittance.batch.parallelism=";

  private static final String ALL_MERCHANTS =
      "select string_agg(cast(id as text), ',') from merchants where name = 'bench'";

  private final java.net.http.HttpClient http =
      java.net.http.HttpClient.newBuilder()
          .version(java.net.http.HttpClient.Version.HTTP_1_1)
          .build();
  private final LongAdder items = new LongAdder();
  private final Report report;
  private final Database database;
  private final Build build;
  private final Service service;
  private final UUID merchant;
  private final int seconds;

  private BatchBench(
      Report report, Database database, Build build, Service service, UUID merchant, int seconds) {
    this.report = report;
    this.database = database;
    this.build = build;
    this.service = service;
    this.merchant = merchant;
    this.seconds = seconds;
  }

  /**
   * {@code bench/run batches [--seconds 10] [--rounds 3] [--warm-up 60] [--sides atomic] [--parts
   * throughput,parallelism,neighbours,lateness] [--parallelism N[,N…]] [--beside N] [--lanes 2]
   * [--service-jvm "-XX:…"]}. The part {@code parallelism} compares the values given, in turns.
   */
  public static void main(String[] args) throws Exception {
    int seconds = 10;
    int rounds = 3;
    int warmUp = 60;
    String sides = "";
    var parts = List.of("throughput", "neighbours", "lateness");
    var parallelism = List.<String>of();
    int lanes = 2;
    var jvm = new ArrayList<String>();
    var words = Arrays.asList(args).iterator();
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "--seconds" -> seconds = Integer.parseInt(words.next());
        case "--warm-up" -> warmUp = Integer.parseInt(words.next());
        case "--sides" -> sides = words.next();
        case "--parts" -> parts = List.of(words.next().split(","));
        case "--service-jvm" -> jvm.addAll(List.of(words.next().split(" ")));
        case "--beside" -> jvm.add("-Dquittance.batch.parallelism-beside-others=" + words.next());
        case "--lanes" -> lanes = Integer.parseInt(words.next());
        case "--rounds" -> rounds = Integer.parseInt(words.next());
        case "--parallelism" -> parallelism = List.of(words.next().split(","));
        default -> throw new IllegalArgumentException(word + "?");
      }
    }
    if (parts.contains("parallelism") && parallelism.isEmpty()) {
      throw new IllegalArgumentException("--parts parallelism needs --parallelism N,N…");
    }
    jvm.addFirst("-Dquittance.journal.lanes=" + lanes);
    Path directory = Path.of(System.getProperty("bench.results"));
    try (var report = new Report(directory, "batches");
        var screening = new SlowScreening();
        Database database = Database.start()) {
      Build build = Build.install("this", Service.jar(), database, directory, 2);
      database.copy("this", "direct");
      UUID merchant;
      try (Connection connection = database.connect("direct")) {
        merchant =
            UUID.fromString(Database.text(connection, "select min(id::text) from merchants"));
      }
      if (parts.contains("parallelism")) {
        var services = new ArrayList<BatchBench>();
        try {
          for (String value : parallelism) {
            Service service = build.start(with(jvm, PARALLELISM + value));
            services.add(new BatchBench(report, database, build, service, merchant, seconds));
          }
          parallelism(services, parallelism, rounds, warmUp);
        } finally {
          for (BatchBench bench : services) {
            bench.service.close();
          }
        }
      }
      if (parallelism.size() == 1) {
        jvm.add(PARALLELISM + parallelism.getFirst());
      }
      if (parts.contains("throughput") || parts.contains("neighbours")) {
        try (Service service = build.start(jvm)) {
          var bench = new BatchBench(report, database, build, service, merchant, seconds);
          if (parts.contains("throughput")) {
            bench.throughput(rounds, warmUp, sides);
          }
          if (parts.contains("neighbours")) {
            bench.neighbours(rounds, warmUp / 2, lanes);
          }
        }
      }
      if (parts.contains("lateness")) {
        jvm.add("-Dquittance.fraud.url=" + screening.url());
        // The breaker would answer at once, and there would be nothing to measure.
        jvm.add("-Dquittance.payment.fair-budget=1h");
        try (Service service = build.start(jvm)) {
          var bench = new BatchBench(report, database, build, service, merchant, seconds);
          bench.measured(new Side("warm-up", 2, 1000, false), warmUp / 3);
          screening.hang(true);
          bench.lateness(rounds);
        }
      }
    }
  }

  private static List<String> with(List<String> some, String another) {
    return Stream.concat(some.stream(), Stream.of(another)).toList();
  }

  private record Side(String name, int clients, int size, boolean atomic) {}

  /** Independent batches of one client, on services that differ in nothing else. */
  private static void parallelism(
      List<BatchBench> services, List<String> values, int rounds, int warmUp) throws Exception {
    List<Side> sides =
        List.of(
            new Side("independent 100", 1, 100, false),
            new Side("independent 1000", 1, 1000, false));
    Report report = services.getFirst().report;
    report.line("| round | side | %s |", String.join(" | ", values));
    for (int round = 0; round <= rounds; round++) {
      for (Side side : sides) {
        var perSecond = new String[values.size()];
        for (int i = 0; i < perSecond.length; i++) {
          int turn = (i + round) % perSecond.length;
          BatchBench bench = services.get(turn);
          bench.database.settle();
          int limit = round == 0 ? warmUp : bench.seconds;
          perSecond[turn] = "%.0f".formatted(bench.measured(side, limit));
        }
        report.line(
            "| %s | %s | %s |",
            round == 0 ? "warm-up" : round, side.name(), String.join(" | ", perSecond));
      }
    }
  }

  private void throughput(int rounds, int warmUp, String wanted) throws Exception {
    List<Side> sides =
        Stream.of(
                new Side("single", SINGLE_CLIENTS, 1, false),
                new Side("independent 100", 4, 100, false),
                new Side("independent 1000", 2, 1000, false),
                new Side("atomic 100", 4, 100, true),
                new Side("atomic 500", 2, 500, true),
                new Side("direct 1", DIRECT_CONNECTIONS, 0, false),
                // One connection: two would lock accounts in different orders.
                new Side("direct 1000", 1, 1000, true))
            .filter(side -> side.name().startsWith(wanted))
            .toList();
    report.line("| round | side | clients | items/s |");
    for (int round = 0; round <= rounds; round++) {
      for (Side side : round % 2 == 0 ? sides : sides.reversed()) {
        database.settle();
        double perSecond =
            measured(side, round == 0 ? Math.max(1, warmUp / sides.size()) : seconds);
        report.line(
            "| %s | %s | %d | %.0f |",
            round == 0 ? "warm-up" : round, side.name(), side.clients(), perSecond);
      }
    }
  }

  private double measured(Side side, int limit) throws Exception {
    items.reset();
    long start = System.nanoTime();
    long end = start + limit * 1_000_000_000L;
    var clients = new ArrayList<Callable<Void>>();
    for (int i = 0; i < side.clients(); i++) {
      var random = new SplittableRandom(i + start);
      clients.add(
          side.name().startsWith("direct")
              ? () -> direct(side, random, end)
              : side.size() == 1 ? () -> single(random, end) : () -> batches(side, random, end));
    }
    all(clients);
    return items.sum() / ((System.nanoTime() - start) / 1e9);
  }

  private static void all(List<Callable<Void>> clients) throws Exception {
    try (var threads = Executors.newFixedThreadPool(clients.size())) {
      for (Future<Void> client : threads.invokeAll(clients)) {
        client.get();
      }
    }
  }

  private Void single(SplittableRandom random, long end) throws Exception {
    try (var client = new HttpClient(service.port(), build.apiKeys().getFirst())) {
      while (System.nanoTime() < end) {
        client.carryOut(step(random));
        items.increment();
      }
    }
    return null;
  }

  private static Step step(SplittableRandom random) {
    Order order = Order.next(Workload.UNIFORM, random);
    return new Step(Kind.PAYMENT, order, order.amount(), UUID.randomUUID());
  }

  private Void direct(Side side, SplittableRandom random, long end) throws Exception {
    try (var client = new DirectSql(database.connect("direct"), merchant, DirectSql.Style.PACKED)) {
      client.commitEvery(Math.max(1, side.size()));
      while (System.nanoTime() < end) {
        client.carryOut(step(random));
        items.increment();
      }
      client.commit();
    }
    return null;
  }

  private Void batches(Side side, SplittableRandom random, long end) throws Exception {
    while (System.nanoTime() < end) {
      String body = send(batch(side.size(), side.atomic(), random), 60_000);
      if (!body.contains("\"status\":\"completed\"")) {
        throw new IllegalStateException(body.substring(0, Math.min(1000, body.length())));
      }
      items.add(side.size());
    }
    return null;
  }

  private static String batch(int size, boolean atomic, SplittableRandom random) {
    var body = new StringBuilder(size * 120).append("{\"payments\":[");
    for (int i = 0; i < size; i++) {
      Order order = Order.next(Workload.UNIFORM, random);
      body.append(i == 0 ? "" : ",")
          .append(
              "{\"amount\":%d,\"currency\":\"EUR\",\"payer\":\"%s\",\"payee\":\"%s\",\"reference\":\"%s\"}"
                  .formatted(
                      order.amount(),
                      Order.account(order.payer()),
                      Order.account(order.payee()),
                      UUID.randomUUID()));
    }
    return body.append("],\"mode\":\"")
        .append(atomic ? "atomic" : "independent")
        .append("\"}")
        .toString();
  }

  private String send(String body, int deadlineMs) throws Exception {
    var request =
        HttpRequest.newBuilder(
                URI.create("http://localhost:%d/v1/payment-batches".formatted(service.port())))
            .header("Authorization", "Bearer " + build.apiKeys().getFirst())
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .header("Payment-Deadline-Ms", Integer.toString(deadlineMs))
            .POST(BodyPublishers.ofString(body));
    var answer = http.send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() != CREATED) {
      throw new IllegalStateException(answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }

  /** Another merchant's payments at a steady, moderate pace, with and without a batch of 1 000. */
  private void neighbours(int rounds, int warmUp, int lanes) throws Exception {
    report.line(
        "The two merchants %s a lane of the journal", shareALane(lanes) ? "share" : "do not share");
    neighbours(true, warmUp);
    report.line("| round | others' payments | p50 | p99 ms | items of batches per s |");
    for (int round = 1; round <= rounds; round++) {
      for (boolean busy : round % 2 == 0 ? List.of(true, false) : List.of(false, true)) {
        database.settle();
        long before = items();
        long began = System.nanoTime();
        Histogram took = neighbours(busy, seconds);
        report.line(
            "| %d | %s | %.1f | %.1f | %d |",
            round,
            busy ? "beside batches" : "alone",
            took.getValueAtPercentile(50) / 1e3,
            took.getValueAtPercentile(99) / 1e3,
            (items() - before) * 1_000_000_000L / (System.nanoTime() - began));
      }
    }
  }

  private long items() throws Exception {
    try (Connection connection = database.connect("this")) {
      return Database.number(
          connection, "select count(*) from payments where batch_id is not null");
    }
  }

  /** As {@code Journal.laneOf} has it. */
  private boolean shareALane(int lanes) throws Exception {
    try (Connection connection = database.connect("this")) {
      long inUse =
          Stream.of(Database.text(connection, ALL_MERCHANTS).split(","))
              .mapToInt(id -> Math.floorMod(UUID.fromString(id).hashCode(), lanes))
              .distinct()
              .count();
      return inUse == 1;
    }
  }

  private Histogram neighbours(boolean busy, int limit) throws Exception {
    var all = new Histogram(3);
    var stop = new AtomicBoolean();
    long end = System.nanoTime() + limit * 1_000_000_000L;
    try (var threads = Executors.newFixedThreadPool(NEIGHBOURS + 1)) {
      var others = new ArrayList<Future<Histogram>>();
      for (int i = 0; i < NEIGHBOURS; i++) {
        int number = i;
        others.add(threads.submit(() -> neighbour(number, end)));
      }
      Future<Void> batches =
          threads.submit(
              () -> {
                var random = new SplittableRandom(end);
                while (busy && !stop.get()) {
                  send(batch(1000, false, random), 60_000);
                }
                return null;
              });
      for (Future<Histogram> other : others) {
        all.add(other.get());
      }
      stop.set(true);
      batches.get();
    }
    return all;
  }

  private Histogram neighbour(int number, long end) throws Exception {
    var took = new Histogram(3);
    var random = new SplittableRandom(number);
    try (var client = new HttpClient(service.port(), build.apiKeys().getLast())) {
      while (System.nanoTime() < end) {
        Thread.sleep(20);
        long sent = System.nanoTime();
        client.carryOut(step(random));
        took.recordValue((System.nanoTime() - sent) / 1_000);
      }
    }
    return took;
  }

  private void lateness(int rounds) throws Exception {
    var late = new Histogram(3);
    var random = new SplittableRandom(1);
    int all = 0;
    for (int i = 0; i < LATE_WARM_UP; i++) {
      send(batch(1000, false, random), LATE_DEADLINE_MS);
    }
    for (int i = 0; i < LATE_BATCHES * rounds; i++) {
      String body = batch(1000, false, random);
      long sent = System.nanoTime();
      String answer = send(body, LATE_DEADLINE_MS);
      long ms = (System.nanoTime() - sent) / 1_000_000 - LATE_DEADLINE_MS;
      late.recordValue(Math.max(0, ms));
      all += answer.contains("\"status\":\"failed\"") ? 1 : 0;
    }
    report.line(
        "%s",
        String.format(
            Locale.ROOT,
            "%d batches of 1000, screening hangs, deadline %d ms: p50 %d, p90 %d, p99 %d ms late; %d of them failed as a whole",
            late.getTotalCount(),
            LATE_DEADLINE_MS,
            late.getValueAtPercentile(50),
            late.getValueAtPercentile(90),
            late.getValueAtPercentile(99),
            all));
  }
}
