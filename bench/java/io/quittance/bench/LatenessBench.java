package io.quittance.bench;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * How late answers are when fraud screening hangs: clients in a closed loop with one deadline, each
 * of whose payments must be answered 504 with nothing moved. Times are the client's own, so they
 * include its turn on the processor.
 */
public final class LatenessBench {

  private static final int RAMP_SECONDS = 5;
  private static final int DEADLINE_EXCEEDED = 504;
  private static final Pattern CODE = Pattern.compile("\"code\":\"([a-z_]+)\"");

  private final int clients;
  private final int deadlineMs;
  private final int seconds;
  private final ConcurrentHashMap<String, LongAdder> others = new ConcurrentHashMap<>();

  private LatenessBench(int clients, int deadlineMs, int seconds) {
    this.clients = clients;
    this.deadlineMs = deadlineMs;
    this.seconds = seconds;
  }

  /**
   * {@code bench/run lateness [--clients 200] [--deadline-ms 600] [--seconds 15] [--rounds 3]
   * [--against path/to/quittance.jar]}.
   */
  public static void main(String[] args) throws Exception {
    int clients = 200;
    int deadlineMs = 600;
    int seconds = 15;
    int rounds = 3;
    var jars = new ArrayDeque<Path>(List.of(Service.jar()));
    var words = Arrays.asList(args).iterator();
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "--clients" -> clients = Integer.parseInt(words.next());
        case "--deadline-ms" -> deadlineMs = Integer.parseInt(words.next());
        case "--seconds" -> seconds = Integer.parseInt(words.next());
        case "--rounds" -> rounds = Integer.parseInt(words.next());
        case "--against" -> jars.add(Path.of(words.next()));
        default -> throw new IllegalArgumentException(word + "?");
      }
    }
    Path directory = Path.of(System.getProperty("bench.results"));
    try (var report = new Report(directory, "lateness");
        var screening = new SlowScreening();
        Database database = Database.start()) {
      screening.hang(true);
      var builds = new ArrayList<Build>();
      for (Path jar : jars) {
        builds.add(Build.install(builds.isEmpty() ? "this" : "other", jar, database, directory, 1));
      }
      report.line("%d clients, deadline %d ms, screening hangs", clients, deadlineMs);
      report.line("| build | answers | other than 504 | p50 | p90 | p99 | p99.9 ms late |");
      for (int round = 0; round < rounds; round++) {
        for (Build build : builds) {
          var bench = new LatenessBench(clients, deadlineMs, seconds);
          report.line("%s", bench.run(build, screening));
        }
      }
    }
  }

  private String run(Build build, SlowScreening screening) throws Exception {
    var jvm =
        List.of(
            "-Dquittance.fraud.url=" + screening.url(),
            // The breaker would answer at once, and there would be nothing to measure.
            "-Dquittance.payment.fair-budget=1h");
    Histogram all = histogram();
    try (Service service = build.start(jvm);
        var threads = Executors.newFixedThreadPool(clients)) {
      long start = System.nanoTime();
      var running = new ArrayList<Future<Histogram>>();
      for (int i = 0; i < clients; i++) {
        int number = i;
        running.add(
            threads.submit(
                () -> client(service.port(), build.apiKeys().getFirst(), number, start)));
      }
      for (Future<Histogram> client : running) {
        all.add(client.get());
      }
    }
    return "| %s | %d | %s | %.1f | %.1f | %.1f | %.1f |"
        .formatted(
            build.name(),
            all.getTotalCount(),
            new TreeMap<>(others),
            late(all, 50),
            late(all, 90),
            late(all, 99),
            late(all, 99.9));
  }

  private double late(Histogram answers, double percentile) {
    return answers.getValueAtPercentile(percentile) / 1e3 - deadlineMs;
  }

  private Histogram client(int port, String apiKey, int number, long start) throws Exception {
    Histogram took = histogram();
    var random = new SplittableRandom(number);
    long counted = start + RAMP_SECONDS * 1_000_000_000L;
    long end = counted + seconds * 1_000_000_000L;
    Http http = new Http(port);
    try {
      while (System.nanoTime() < end) {
        byte[] request = request(apiKey, random);
        long sent = System.nanoTime();
        int status = http.exchange(request);
        long nanos = System.nanoTime() - sent;
        if (status != DEADLINE_EXCEEDED || !http.body().contains("\"outcome\":\"none\"")) {
          others.computeIfAbsent(status + code(http), any -> new LongAdder()).increment();
          // The container hangs up after some of them.
          http.close();
          http = new Http(port);
        } else if (sent > counted) {
          took.recordValue(nanos / 1_000);
        }
      }
    } finally {
      http.close();
    }
    return took;
  }

  private static String code(Http http) {
    Matcher code = CODE.matcher(http.body());
    return code.find() ? " " + code.group(1) : "";
  }

  private byte[] request(String apiKey, SplittableRandom random) {
    String body =
        "{\"amount\":1,\"currency\":\"EUR\",\"payer\":\"%s\",\"payee\":\"%s\"}"
            .formatted(
                Order.account(Order.FIRST_ACCOUNT + 2 * random.nextInt(Order.ACCOUNTS / 2)),
                Order.account(Order.FIRST_ACCOUNT + 2 * random.nextInt(Order.ACCOUNTS / 2) + 1));
    String deadline = UUID.randomUUID() + "\r\nPayment-Deadline-Ms: " + deadlineMs;
    return HttpClient.request("POST", "/v1/payments", apiKey, deadline, body);
  }

  private static Histogram histogram() {
    return new Histogram(3);
  }
}
