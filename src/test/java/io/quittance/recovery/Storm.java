package io.quittance.recovery;

import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One merchant's traffic while processes are struck, and the proof that follows. */
final class Storm {

  private static final long FUNDS = 60_000;
  private static final Duration RESOLVED_WITHIN = Duration.ofSeconds(30);
  private static final Duration ANSWERED_WITHIN = Duration.ofMinutes(10);
  private static final int PROGRESS_SECONDS = 5;

  private static final String RULES =
      """
      {"version":0,"rules":[{"id":"large","kind":"amount_limit","action":"review","amount":%d,
       "currency":"EUR"}]}
      """
          .formatted(Mix.REVIEWED_ABOVE);

  /** What the service has to end by itself. The time of the others runs for days. */
  private static final String STRANDED =
      """
      select count(*) from payments
       where status = 'processing'
          or (status in ('authorized', 'in_review') and expires_at < now() + interval '1 hour')
      """;

  private final int number;
  private final Options options;
  private final CrashingPostgres server;
  private final DatabaseProxy proxy;
  private final Replicas replicas;
  private final Random random;
  private final History history = new History();
  private final AtomicInteger struck = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);

  Storm(
      int number,
      Options options,
      CrashingPostgres server,
      DatabaseProxy proxy,
      Replicas replicas) {
    this.number = number;
    this.options = options;
    this.server = server;
    this.proxy = proxy;
    this.replicas = replicas;
    this.random = new Random(options.seed() + number);
  }

  /** What was wrong afterwards, in words; empty if nothing was. */
  List<String> violations() throws Exception {
    try (var receivers = new Receivers()) {
      return violations(receivers);
    }
  }

  private List<String> violations(Receivers receivers) throws Exception {
    var bystander = Bystander.open(replicas.any(random), receivers);
    var payroll = Payroll.open(replicas, new Random(random.nextLong()));
    Merchant merchant = open();
    receivers.openDead(merchant, replicas.any(random));
    UUID merchantId = newestMerchant();
    var disturbances = new Disturbances(server, proxy, replicas, bystander, merchantId, random);
    rage(disturbances, merchant, payroll, new Hourglass(merchantId, server.database(), history));
    replicas.awaitAllReady();

    List<String> violations = new ArrayList<>(disturbances.violations());
    violations.addAll(stranded());
    log("storm %d: %d deliveries wait for dead receivers", number, backlog());
    violations.addAll(receivers.violations(bystander.paid()));
    violations.addAll(payroll.violations());
    log("storm %d: %s", number, payroll);
    var replays = new Replays(merchant, replicas);
    replays.decide(history);
    log("%s", this);
    violations.addAll(replays.violations(history.entries()));
    var proof = new Proof(history, merchantId, server.database());
    violations.addAll(proof.violations());
    log("storm %d: payments %s", number, proof.endings());
    return violations;
  }

  private Merchant open() throws IOException, InterruptedException {
    URI service = replicas.any(random);
    Merchant merchant = Merchant.register(service);
    merchant.openAccounts(service, Mix.ACCOUNTS, FUNDS);
    merchant.put(service, "/v1/fraud/rules", RULES);
    return merchant;
  }

  /** Ids grow with time. */
  private UUID newestMerchant() {
    return JdbcClient.create(server.database().dataSource())
        .sql("select id from merchants order by id desc limit 1")
        .query(UUID.class)
        .single();
  }

  private long backlog() {
    return new LedgerAudit(server.database())
        .number("select count(*) from deliveries where state = 'pending'");
  }

  private void rage(
      Disturbances disturbances, Merchant merchant, Payroll payroll, Hourglass hourglass)
      throws Exception {
    List<Fault> faults = Fault.plan(random, options);
    var board = new Board();
    var sender = new Sender(merchant, replicas, history);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        ScheduledExecutorService progress = Executors.newSingleThreadScheduledExecutor()) {
      progress.scheduleAtFixedRate(
          () -> log("%s", this), PROGRESS_SECONDS, PROGRESS_SECONDS, TimeUnit.SECONDS);
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < options.clients(); i++) {
        var client =
            new Client(
                "storm-%d-client-%d".formatted(number, i),
                new Random(random.nextLong()),
                sender,
                history,
                board,
                hourglass);
        clients.add(
            threads.submit(
                () -> {
                  client.tradeUntil(() -> over.getCount() == 0, threads);
                  return true;
                }));
      }
      clients.add(
          threads.submit(
              () -> {
                payroll.payUntil(() -> over.getCount() == 0);
                return true;
              }));
      try {
        carryOut(disturbances, faults);
      } finally {
        over.countDown();
      }
      for (Future<?> client : clients) {
        client.get();
      }
    }
  }

  private void carryOut(Disturbances disturbances, List<Fault> faults) throws Exception {
    for (Fault fault : faults) {
      awaitAnswers(fault.afterAnswers());
      pause(fault.delay());
      log("disturbance: %s", fault.disturbance());
      disturbances.carryOut(fault.disturbance());
      struck.incrementAndGet();
    }
    awaitAnswers(options.requests());
  }

  private void awaitAnswers(int wanted) {
    Awaitility.await()
        .atMost(ANSWERED_WITHIN)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> history.entries().size() >= wanted);
  }

  private void pause(Duration time) throws InterruptedException {
    over.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  private List<String> stranded() {
    var audit = new LedgerAudit(server.database());
    try {
      Awaitility.await().atMost(RESOLVED_WITHIN).until(() -> audit.number(STRANDED) == 0);
      return List.of();
    } catch (ConditionTimeoutException e) {
      return List.of("payments still to be ended: " + audit.number(STRANDED));
    }
  }

  private static void log(String format, Object... arguments) {
    System.out.printf(format + "%n", arguments);
  }

  @Override
  public String toString() {
    return "storm %d: %d of %d faults; %s"
        .formatted(
            number,
            struck.get(),
            options.replicaKills() + options.databaseKills() + options.stayingFaults(),
            history);
  }
}
