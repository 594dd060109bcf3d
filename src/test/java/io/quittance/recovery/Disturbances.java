package io.quittance.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Postgres;
import io.quittance.testing.ServiceProcess;
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

/**
 * Carries disturbances out, and looks meanwhile at how a bystander fares: what stays with one
 * replica or one account must cost it nothing, and what stops the database must be told as that.
 */
final class Disturbances {

  private static final Duration HEALED_WITHIN = Duration.ofSeconds(60);
  private static final String PAID = "201";
  private static final String LATE = "504";
  private static final int LATE_ONE_IN = 10;
  private static final String UNAVAILABLE = "503 dependency_unavailable";

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
        victim.freeze();
        try {
          expectOnly(
              disturbance, List.of(PAID), whileFor(frozen, () -> replicas.other(victim).uri()));
        } finally {
          victim.thaw();
        }
      }
      case Disturbance.LockAccount(String account, Duration held) -> {
        replicas.awaitAllReady();
        try (Connection holder = locking(account)) {
          expectOnly(disturbance, List.of(PAID), whileFor(held, this::anyReplica));
          holder.rollback();
        }
      }
      case Disturbance.ReadOnly(Duration lasting) -> {
        replicas.awaitAllReady();
        setReadOnly(true);
        Map<String, Integer> answers;
        try {
          answers = whileFor(lasting, this::anyReplica);
        } finally {
          setReadOnly(false);
        }
        expectUnavailable(disturbance, answers);
        heals(disturbance);
      }
      case Disturbance.Network(DatabaseProxy.Weather weather, Duration lasting) -> {
        // None could start without its database, and the bystander would wait for one.
        replicas.awaitAllReady();
        proxy.turn(weather);
        try {
          whileFor(lasting, this::anyReplica);
        } finally {
          proxy.turn(DatabaseProxy.Weather.FAIR);
        }
        heals(disturbance);
      }
    }
  }

  private URI anyReplica() {
    return replicas.any(random);
  }

  private Map<String, Integer> whileFor(Duration time, Supplier<URI> replica) throws Exception {
    var over = new CountDownLatch(1);
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Map<String, Integer>> answers =
          thread.submit(() -> bystander.payWhile(replica, () -> over.getCount() > 0));
      var _ = over.await(time.toMillis(), TimeUnit.MILLISECONDS);
      over.countDown();
      return answers.get();
    }
  }

  private void expectOnly(
      Disturbance disturbance, List<String> expected, Map<String, Integer> answers) {
    System.out.printf("%s: a bystander's payments: %s%n", disturbance, answers);
    if (!expected.containsAll(answers.keySet())) {
      violations.add("%s: a bystander was answered %s".formatted(disturbance, answers));
    }
  }

  /** As promised; a few may hear at their deadline only, which is true, too. */
  private void expectUnavailable(Disturbance disturbance, Map<String, Integer> answers) {
    int all = answers.values().stream().mapToInt(Integer::intValue).sum();
    int late = 0;
    var prompt = new TreeMap<String, Integer>();
    for (var answer : answers.entrySet()) {
      if (answer.getKey().startsWith(LATE)) {
        System.out.printf("%s: late: %s%n", disturbance, answer);
        late += answer.getValue();
      } else {
        prompt.put(answer.getKey(), answer.getValue());
      }
    }
    expectOnly(disturbance, List.of(PAID, UNAVAILABLE), prompt);
    if (late * LATE_ONE_IN > all) {
      violations.add("%s: %d of %d answers came at the deadline".formatted(disturbance, late, all));
    }
  }

  /** By itself, and for payments that are begun afterwards. */
  private void heals(Disturbance disturbance) {
    try {
      Awaitility.await()
          .atMost(HEALED_WITHIN)
          .untilAsserted(
              () ->
                  assertThat(whileFor(Duration.ofMillis(100), this::anyReplica))
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
