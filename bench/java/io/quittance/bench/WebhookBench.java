package io.quittance.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Webhooks: how soon an event is with its receiver, also among ten thousand endpoints of which a
 * tenth are dead; and what a payment pays for them. Ends with 1 if a delivery is missing or the
 * books are wrong.
 */
public final class WebhookBench {

  private static final String USAGE =
      """
      bench/run webhooks [--rate 1000] [--seconds 20] [--endpoints 10000] [--payments-rate 300]
                         [--rounds 5 (0: only the many endpoints)] [--round-seconds 5]
                         [--backlog 400000 (0: none)] [--backlog-seconds 100]
      """;

  private static final String DB = "service";
  private static final int PER_MERCHANT = 16;
  private static final int SETUP_CONNECTIONS = 16;
  private static final int CLIENTS = 64;
  private static final int CREATED = 201;
  private static final int DRAIN_SECONDS = 60;

  /** As if they had fallen due in the last hour. */
  private static final String BACKLOG =
      """
      with made as (
        insert into events (merchant_id, id, payment_id, sequence, type, created_at, data)
        select w.merchant_id, gen_random_uuid(), null, 1, 'webhook.test',
               now() - random() * interval '1 hour', '{}'
          from webhook_endpoints w, generate_series(1, %d)
         where w.url like '%%/hang-backlog'
        returning merchant_id, id, created_at)
      insert into deliveries (merchant_id, id, event_id, endpoint_id, state, attempts,
                              next_attempt_at, created_at)
      select m.merchant_id, gen_random_uuid(), m.id, w.id, 'pending', 0, m.created_at, m.created_at
        from made m join webhook_endpoints w using (merchant_id)
       where w.url like '%%/hang-backlog'
      """;

  private final Report report;
  private final Database database;
  private final Service service;
  private final WebhookReceiver receiver;
  private final Map<String, Integer> options;
  private final List<String> faults = new ArrayList<>();

  private WebhookBench(
      Report report,
      Database database,
      Service service,
      WebhookReceiver receiver,
      Map<String, Integer> options) {
    this.report = report;
    this.database = database;
    this.service = service;
    this.receiver = receiver;
    this.options = options;
  }

  public static void main(String[] args) throws Exception {
    Map<String, Integer> options = parse(args);
    Path directory = Path.of(System.getProperty("bench.results"));
    File log = directory.resolve("service.log").toFile();
    List<String> faults;
    try (var report = new Report(directory, "webhooks");
        Database database = Database.start();
        var receiver = new WebhookReceiver()) {
      report.line("%s", options);
      database.create(DB);
      try (Service service = Service.start(database, DB, List.of(), log)) {
        var bench = new WebhookBench(report, database, service, receiver, options);
        bench.run();
        faults = bench.faults;
        faults.forEach(fault -> report.line("WRONG: %s", fault));
        report.line(faults.isEmpty() ? "nothing is missing, the books are right" : "NOT RIGHT");
      }
    }
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private static Map<String, Integer> parse(String[] args) {
    Map<String, Integer> options = new LinkedHashMap<>();
    options.put("--rate", 1000);
    options.put("--seconds", 20);
    options.put("--endpoints", 10_000);
    options.put("--payments-rate", 300);
    options.put("--rounds", 5);
    options.put("--round-seconds", 5);
    options.put("--backlog", 400_000);
    options.put("--backlog-seconds", 100);
    var words = Arrays.asList(args).iterator();
    while (words.hasNext()) {
      String word = words.next();
      if (!options.containsKey(word)) {
        throw new IllegalArgumentException(word + "?\n" + USAGE);
      }
      options.put(word, Integer.valueOf(words.next()));
    }
    return options;
  }

  private void run() throws Exception {
    String live = Setup.run(service, 1).getFirst();
    endpoint(live, receiver.url("/live"));
    // Plans made for tables that were empty a minute ago would be measured, not the service.
    database.analyze(DB);
    warmUp(live);
    database.analyze(DB);

    if (options.get("--rounds") > 0) {
      for (int part = 4; part >= 1; part /= 2) {
        oneReceiver(live, options.get("--rate") / part);
      }
      String none = Setup.run(service, 1).getFirst();
      String dead = Setup.run(service, 1).getFirst();
      endpoint(dead, receiver.url("/hang"));
      warmUp(none);
      whatPaymentsPay(Map.of("none", none, "live", live, "dead", dead));
    }
    manyEndpoints();
    if (options.get("--backlog") > 0) {
      deadBacklog();
    }
    try (Connection connection = database.connect(DB)) {
      if (Database.number(connection, "select coalesce(sum(posted), 0) from accounts") != 0) {
        faults.add("balances do not sum to zero");
      }
    }
  }

  private void warmUp(String key) throws Exception {
    report.line("warming up");
    Load.closedLoop(payments(key, 8), Workload.UNIFORM, 5);
    Load.closedLoop(payments(key, CLIENTS), Workload.UNIFORM, 10);
    drain();
    receiver.latencies();
  }

  /** From commit to receipt, at a fixed rate of events. */
  private void oneReceiver(String key, int perSecond) throws Exception {
    database.settle();
    long before = receiver.received();
    double cpu = service.cpuSeconds();
    Storm.Result storm =
        Storm.of(
            service.port(),
            key,
            ConcurrentHashMap.newKeySet(),
            perSecond,
            options.get("--seconds"));
    double used = service.cpuSeconds() - cpu;
    drain();
    report.line(
        "payments due at %d/s: %.0f/s accepted, p50 %.1f, p99 %.1f ms; %d refused, %s; service CPU"
            + " %.0f µs per payment and delivery",
        perSecond,
        storm.goodput(),
        Latencies.ms(storm.accepted(), 50),
        Latencies.ms(storm.accepted(), 99),
        storm.refused().getTotalCount(),
        storm.others().isEmpty() ? "nothing else" : storm.others(),
        used * 1e6 / storm.accepted().getTotalCount());
    latencies("one receiver", receiver.received() - before);
  }

  private void latencies(String what, long count) {
    Histogram latency = receiver.latencies();
    report.line(
        "%s: %,d deliveries, from commit to receipt p50 %d, p99 %d, p99.9 %d, max %d ms",
        what,
        count,
        latency.getValueAtPercentile(50),
        latency.getValueAtPercentile(99),
        latency.getValueAtPercentile(99.9),
        latency.getMaxValue());
  }

  /** The same payments without an endpoint, with one that takes and with one that hangs. */
  private void whatPaymentsPay(Map<String, String> keys) throws Exception {
    Map<String, List<Double>> p50 = new LinkedHashMap<>();
    Map<String, List<Double>> p99 = new LinkedHashMap<>();
    for (int round = 1; round <= options.get("--rounds"); round++) {
      for (String name : List.of("none", "live", "dead")) {
        database.settle();
        Measured measured =
            Load.openLoop(
                payments(keys.get(name), CLIENTS),
                Workload.UNIFORM,
                options.get("--payments-rate"),
                options.get("--round-seconds"));
        p50.computeIfAbsent(name, any -> new ArrayList<>())
            .add(Measured.percentileMs(measured.latency(), 50));
        p99.computeIfAbsent(name, any -> new ArrayList<>())
            .add(Measured.percentileMs(measured.latency(), 99));
        report.line(
            "round %d, endpoint %-4s: payments p50 %.2f, p99 %.2f ms",
            round,
            name,
            Measured.percentileMs(measured.latency(), 50),
            Measured.percentileMs(measured.latency(), 99));
      }
    }
    for (String name : List.of("live", "dead")) {
      report.line(
          "RATIO payments with a %s endpoint / without: p50 %.2f, p99 %.2f, of medians",
          name,
          Report.median(p50.get(name)) / Report.median(p50.get("none")),
          Report.median(p99.get(name)) / Report.median(p99.get("none")));
    }
    drainAllBut("/hang");
    receiver.latencies();
  }

  /** Many merchants with as many endpoints as they may have; of every ten, one is dead. */
  private void manyEndpoints() throws Exception {
    int merchants = options.get("--endpoints") / PER_MERCHANT;
    if (merchants == 0) {
      return;
    }
    report.line("making %,d endpoints of %,d merchants", merchants * PER_MERCHANT, merchants);
    List<String> keys = merchants(merchants);
    database.analyze(DB);
    database.settle();
    long before = receiver.received();
    double paymentsPerSecond = options.get("--rate") / (double) PER_MERCHANT;
    long payments = payOneAfterTheOther(keys, paymentsPerSecond);
    drainAllBut("/hang");
    latencies(
        "%,d endpoints, a tenth of them dead, %,d payments at %.0f/s"
            .formatted(merchants * PER_MERCHANT, payments, paymentsPerSecond),
        receiver.received() - before);
  }

  /**
   * One endpoint is dead and very much waits for it; another of the same merchant and one of
   * another merchant live. Then the same while somebody keeps a snapshot open.
   */
  private void deadBacklog() throws Exception {
    String neighbour = merchant();
    endpoint(neighbour, receiver.url("/neighbour"));
    endpoint(neighbour, receiver.url("/hang-backlog"));
    String other = merchant();
    endpoint(other, receiver.url("/other"));
    try (Connection connection = database.connect(DB);
        Statement statement = connection.createStatement()) {
      report.line("%,d deliveries wait for a dead endpoint", options.get("--backlog"));
      statement.execute(BACKLOG.formatted(options.get("--backlog")));
    }
    database.analyze(DB);
    payBeside("a dead backlog", List.of(neighbour, other));
    try (Connection snapshot = database.connect(DB)) {
      snapshot.setAutoCommit(false);
      snapshot.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      Database.number(snapshot, "select count(*) from merchants");
      payBeside("a dead backlog and an open snapshot", List.of(neighbour, other));
      snapshot.rollback();
    }
  }

  private void payBeside(String what, List<String> keys) throws Exception {
    int rate = options.get("--payments-rate");
    int seconds = options.get("--backlog-seconds");
    drainAllBut("/hang");
    receiver.latencies();
    long before = receiver.received();
    long updated = updatedDeliveries();
    inParallel(rate * seconds, paced(rate, keys));
    drainAllBut("/hang");
    long received = receiver.received() - before;
    report.line(
        "%.0f row updates of deliveries per second, %.2f per delivery received",
        (updatedDeliveries() - updated) / (double) seconds,
        (updatedDeliveries() - updated) / (double) received);
    latencies("beside " + what, received);
  }

  private long updatedDeliveries() throws Exception {
    try (Connection connection = database.connect(DB)) {
      return Database.number(
          connection, "select n_tup_upd from pg_stat_user_tables where relname = 'deliveries'");
    }
  }

  private List<String> merchants(int count) throws Exception {
    var keys = new String[count];
    inParallel(count, (http, m) -> keys[m] = merchant(http, m));
    return List.of(keys);
  }

  private String merchant() throws IOException {
    try (var http = new Http(service.port())) {
      return merchant(http);
    }
  }

  private static String merchant(Http http) throws IOException {
    Setup.expect(
        http, CREATED, "POST", "/v1/merchants", Service.OPERATOR_KEY, "{\"name\":\"many\"}");
    String key = Setup.between(http.body(), "\"secret\":\"", "\"");
    for (String account : List.of("world", "shop")) {
      String body = "{\"currency\":\"EUR\",\"kind\":\"external\"}";
      Setup.expect(http, CREATED, "PUT", "/v1/accounts/" + account, key, body);
    }
    return key;
  }

  private String merchant(Http http, int number) throws IOException {
    String key = merchant(http);
    for (int i = 0; i < PER_MERCHANT; i++) {
      int endpoint = number * PER_MERCHANT + i;
      // Of the dead, half refuse connections and half never answer.
      String url =
          endpoint % 10 != 0
              ? receiver.url("/e" + endpoint, endpoint)
              : endpoint % 20 == 0
                  ? receiver.url("/hang" + endpoint, endpoint)
                  : "http://127.0.0.1:1/";
      endpoint(http, key, url);
    }
    return key;
  }

  private long payOneAfterTheOther(List<String> keys, double perSecond) throws Exception {
    int total = (int) (perSecond * options.get("--seconds"));
    inParallel(total, paced(perSecond, keys));
    return total;
  }

  /** Payments that fall due at a fixed rate from now on, of these merchants in turn. */
  private static Job paced(double perSecond, List<String> keys) {
    long start = System.nanoTime();
    return (http, n) -> {
      LockSupport.parkNanos(start + (long) (n * 1e9 / perSecond) - System.nanoTime());
      Setup.expect(
          http,
          CREATED,
          "POST",
          "/v1/payments",
          keys.get(n % keys.size()),
          "{\"amount\":1,\"currency\":\"EUR\",\"payer\":\"world\",\"payee\":\"shop\"}");
    };
  }

  @FunctionalInterface
  private interface Job {
    void run(Http http, int number) throws IOException;
  }

  /** Runs the jobs 0 to count - 1, in this order more or less, over a few connections. */
  private void inParallel(int count, Job job) throws Exception {
    var next = new AtomicInteger();
    var parts = new ArrayList<Future<?>>();
    try (var threads = Executors.newFixedThreadPool(SETUP_CONNECTIONS)) {
      for (int i = 0; i < SETUP_CONNECTIONS; i++) {
        parts.add(
            threads.submit(
                () -> {
                  try (var http = new Http(service.port())) {
                    for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                      job.run(http, n);
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> part : parts) {
        part.get();
      }
    }
  }

  private Target payments(String key, int clients) {
    return new Target(
        "service",
        clients,
        () -> new HttpClient(service.port(), key),
        () -> new Probe.Sample(0, 0, 0, 0, service.cpuSeconds()),
        new Tally());
  }

  private void endpoint(String key, String url) throws IOException {
    try (var http = new Http(service.port())) {
      endpoint(http, key, url);
    }
  }

  private static void endpoint(Http http, String key, String url) throws IOException {
    String body = "{\"url\":\"%s\",\"events\":[\"*\"]}".formatted(url);
    Setup.expect(http, CREATED, "POST", "/v1/webhook-endpoints", key, body);
  }

  private void drain() throws Exception {
    drainAllBut("/hang");
  }

  /** Waits until nothing is on its way to a living receiver, and each delivery was received. */
  private void drainAllBut(String dead) throws Exception {
    String living =
        " from deliveries d join webhook_endpoints e"
            + " on e.merchant_id = d.merchant_id and e.id = d.endpoint_id"
            + " where e.url not like '%"
            + dead
            + "%' and e.url not like '%:1/'";
    try (Connection connection = database.connect(DB)) {
      long pending = -1;
      for (int i = 0; i < DRAIN_SECONDS * 5 && pending != 0; i++) {
        Thread.sleep(200);
        pending =
            Database.number(connection, "select count(*)" + living + " and state = 'pending'");
      }
      long due = Database.number(connection, "select count(*)" + living);
      if (pending != 0 || due != receiver.distinct()) {
        faults.add(
            "%d deliveries due, %d pending, %d received"
                .formatted(due, pending, receiver.distinct()));
      }
    }
  }
}
