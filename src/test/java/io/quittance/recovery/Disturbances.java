package io.quittance.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Postgres;
import io.quittance.testing.ServiceProcess;
import io.quittance.web.TypeId;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Carries disturbances out, and looks meanwhile at how a bystander fares: what stays with one
 * replica or one account must cost it nothing, and what stops the database must be told as that.
 */
final class Disturbances {

  private static final Duration HEALED_WITHIN = Duration.ofSeconds(60);
  private static final String PAID = "201";
  private static final String UNKNOWN = "202";
  private static final String LATE = "504";
  private static final int LATE_ONE_IN = 10;
  private static final String UNAVAILABLE = "503 dependency_unavailable";

  /** How long a bystander is looked at before it is disturbed. */
  private static final Duration BEFORE = Duration.ofSeconds(1);

  /** A busy machine may take as much of the rate; what waits for a disturbance takes nearly all. */
  private static final int RATE_ONE_IN = 4;

  /** Less than a payment takes that waits until its deadline. */
  private static final Duration P99_MAX = Duration.ofSeconds(3);

  /** What can be said without the database: not begun, or not known yet. */
  private static final List<String> TOLD =
      List.of(PAID, UNKNOWN, UNAVAILABLE, "503 overloaded", "504 deadline_exceeded");

  /** The deadline, the 750 ms after it, and what a busy machine takes. */
  private static final Duration TOLD_WITHIN = Bystander.PATIENCE.plusMillis(750 + 2_000);

  private final CrashingPostgres server;
  private final DatabaseProxy proxy;
  private final Replicas replicas;
  private final Bystander bystander;
  private final UUID merchantId;
  private final Random random;
  private final List<String> violations = new ArrayList<>();

  /**
   * @param bystander somebody else than the merchant whose accounts are locked
   */
  Disturbances(
      CrashingPostgres server,
      DatabaseProxy proxy,
      Replicas replicas,
      Bystander bystander,
      UUID merchantId,
      Random random) {
    this.server = server;
    this.proxy = proxy;
    this.replicas = replicas;
    this.bystander = bystander;
    this.merchantId = merchantId;
    this.random = random;
  }

  /** What was not isolated, in words. */
  List<String> violations() {
    return violations;
  }

  void carryOut(Disturbance disturbance) throws Exception {
    switch (disturbance) {
      case Disturbance.Kill(int replica) -> replicas.kill(replica);
      case Disturbance.Crash(var how, Duration away) -> {
        server.crash(how);
        pause(away);
        server.restart();
        // The next one asks how a bystander fares, and breakers stay open for a while.
        replicas.awaitAllReady();
        heals(disturbance);
      }
      case Disturbance.Freeze(int replica, Duration frozen) -> {
        replicas.awaitAllReady();
        ServiceProcess victim = replicas.one(replica);
        Supplier<URI> other = () -> replicas.other(victim).uri();
        Fare before = whileFor(BEFORE, other);
        victim.freeze();
        try {
          expectUnharmed(disturbance, before, whileFor(frozen, other));
        } finally {
          victim.thaw();
        }
      }
      case Disturbance.LockAccount(String account, Duration held) -> {
        replicas.awaitAllReady();
        Fare before = whileFor(BEFORE, this::anyReplica);
        try (Connection holder = locking(account)) {
          expectUnharmed(disturbance, before, whileFor(held, this::anyReplica));
          holder.rollback();
        }
      }
      case Disturbance.ReadOnly(Duration lasting) -> {
        replicas.awaitAllReady();
        setReadOnly(true);
        Fare fare;
        try {
          fare = whileFor(lasting, this::anyReplica);
        } finally {
          setReadOnly(false);
        }
        expectUnavailable(disturbance, fare);
        heals(disturbance);
        expectEnded(disturbance, fare.unknown());
      }
      case Disturbance.Network(DatabaseProxy.Weather weather, Duration lasting) -> {
        // None could start without its database, and the bystander would wait for one.
        replicas.awaitAllReady();
        proxy.turn(weather);
        Fare fare;
        try {
          fare = whileFor(lasting, this::anyReplica);
        } finally {
          proxy.turn(DatabaseProxy.Weather.FAIR);
        }
        expectTold(disturbance, fare);
        heals(disturbance);
      }
    }
  }

  private URI anyReplica() {
    return replicas.any(random);
  }

  private Fare whileFor(Duration time, Supplier<URI> replica) throws Exception {
    var over = new CountDownLatch(1);
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Fare> fare =
          thread.submit(() -> bystander.payWhile(replica, () -> over.getCount() > 0));
      var _ = over.await(time.toMillis(), TimeUnit.MILLISECONDS);
      over.countDown();
      return fare.get();
    }
  }

  /** All are paid, and about as many in as little time as before. */
  private void expectUnharmed(Disturbance disturbance, Fare before, Fare fare) {
    System.out.printf("%s: a bystander: %s; before: %s%n", disturbance, fare, before);
    expectOnly(disturbance, List.of(PAID), fare.answers());
    if (fare.rate() * RATE_ONE_IN < paid(before)) {
      violations.add(
          "%s: a bystander made %.0f payments a second, and %.0f before"
              .formatted(disturbance, fare.rate(), paid(before)));
    }
    if (fare.p99().compareTo(P99_MAX) > 0) {
      violations.add("%s: a bystander's payments took %s".formatted(disturbance, fare));
    }
  }

  private static double paid(Fare fare) {
    int paid = fare.answers().getOrDefault(PAID, 0);
    return fare.rate() * paid / fare.payments().size();
  }

  private void expectOnly(
      Disturbance disturbance, List<String> expected, Map<String, Integer> answers) {
    if (!expected.containsAll(answers.keySet())) {
      violations.add("%s: a bystander was answered %s".formatted(disturbance, answers));
    }
  }

  /**
   * As promised; a few may hear at their deadline only, which is true, too. What had its hold when
   * the server turned read-only is told as not known yet.
   */
  private void expectUnavailable(Disturbance disturbance, Fare fare) {
    System.out.printf("%s: a bystander: %s%n", disturbance, fare);
    int late = 0;
    var prompt = new TreeMap<String, Integer>();
    for (var answer : fare.answers().entrySet()) {
      if (answer.getKey().startsWith(LATE)) {
        late += answer.getValue();
      } else {
        prompt.put(answer.getKey(), answer.getValue());
      }
    }
    expectOnly(disturbance, List.of(PAID, UNKNOWN, UNAVAILABLE), prompt);
    if (fare.unknown().size() > Bystander.ACCOUNTS) {
      violations.add(
          "%s: more are unknown than were under way: %s".formatted(disturbance, fare.answers()));
    }
    int all = fare.payments().size();
    if (late * LATE_ONE_IN > all) {
      violations.add("%s: %d of %d answers came at the deadline".formatted(disturbance, late, all));
    }
  }

  /** What a server that writes nothing left unknown had begun before: it exists. */
  private void expectEnded(Disturbance disturbance, List<String> payments) {
    for (String payment : payments) {
      try {
        Awaitility.await().atMost(HEALED_WITHIN).until(() -> hasEnded(payment));
      } catch (org.awaitility.core.ConditionTimeoutException e) {
        violations.add("%s: %s was answered 202, and has no end".formatted(disturbance, payment));
      }
    }
  }

  /** In the database: readers are shown an end as soon as there can be no other one. */
  private boolean hasEnded(String payment) {
    return JdbcClient.create(server.database().dataSource())
        .sql("select status <> 'processing' from payments where id = ?")
        .param(TypeId.require("pay", payment))
        .query(Boolean.class)
        .optional()
        .orElse(false);
  }

  /**
   * All merchants share the way to the database, so none can be paid without it: all that can be
   * expected for a bystander is an answer that the API knows for this, soon after the deadline.
   */
  private void expectTold(Disturbance disturbance, Fare fare) {
    System.out.printf("%s: a bystander: %s%n", disturbance, fare);
    for (String answer : fare.answers().keySet()) {
      if (TOLD.stream().noneMatch(answer::startsWith)) {
        violations.add("%s: a bystander was answered %s".formatted(disturbance, answer));
      }
    }
    if (fare.slowest().compareTo(TOLD_WITHIN) > 0) {
      violations.add("%s: a bystander was told late: %s".formatted(disturbance, fare));
    }
  }

  /** By itself, and for payments that are begun afterwards. */
  private void heals(Disturbance disturbance) {
    try {
      Awaitility.await()
          .atMost(HEALED_WITHIN)
          .untilAsserted(
              () ->
                  assertThat(whileFor(Duration.ofMillis(100), this::anyReplica).answers())
                      .containsOnlyKeys(PAID));
    } catch (org.awaitility.core.ConditionTimeoutException e) {
      violations.add("%s: not healed within %s".formatted(disturbance, HEALED_WITHIN));
    }
  }

  private Connection locking(String account) throws SQLException {
    return server
        .database()
        .locking(
            "select id from accounts where merchant_id = '%s' and id = '%s' for update"
                .formatted(merchantId, account));
  }

  private void setReadOnly(boolean readOnly) throws SQLException {
    var settings = new Properties();
    settings.setProperty("user", Postgres.Database.USER);
    settings.setProperty("password", Postgres.Database.PASSWORD);
    settings.setProperty("options", "-c default_transaction_read_only=off");
    try (Connection connection = DriverManager.getConnection(server.database().url(), settings)) {
      execute(
          connection,
          readOnly
              ? "alter system set default_transaction_read_only = on"
              : "alter system reset default_transaction_read_only");
      execute(connection, "select pg_reload_conf()");
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void pause(Duration time) throws InterruptedException {
    var _ = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
  }
}
