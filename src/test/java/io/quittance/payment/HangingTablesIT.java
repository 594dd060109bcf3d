package io.quittance.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import io.quittance.testing.Merchant.Answer;
import io.quittance.testing.Postgres;
import io.quittance.testing.ServiceProcess;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What reads a table that somebody has locked keeps nothing else waiting for a connection. Here,
 * statements wait for a lock for longer than anybody waits for a connection.
 */
class HangingTablesIT {

  private static final String WAITING_LONG =
      "--spring.datasource.hikari.data-source-properties.options="
          + "-c lock_timeout=15s -c statement_timeout=20s";

  /** Less than the wait for a lock. */
  private static final Duration SOON = Duration.ofSeconds(8);

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Not a number while they cannot be looked for. */
  private static final String OVERDUE =
      "quittance_payments_oldest_left_open_seconds\\{.*kind=\"overdue\"";

  private static final String TRANSFER =
      "{\"from\":\"a0\",\"to\":\"a1\",\"amount\":1,\"currency\":\"EUR\"}";

  private static Postgres.Database database;
  private static ServiceProcess service;
  private static List<Merchant> busy;
  private static Merchant other;
  private static ExecutorService clients;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    database = Postgres.create();
    service =
        ServiceProcess.start(database, WAITING_LONG, "--quittance.notification.sweep-interval=1s");
    busy = List.of(withAccounts(), withAccounts());
    other = withAccounts();
    clients = Executors.newVirtualThreadPerTaskExecutor();
  }

  @AfterAll
  static void stop() {
    clients.close();
    service.close();
    new LedgerAudit(database).passes();
  }

  private static Merchant withAccounts() throws IOException, InterruptedException {
    Merchant owner = Merchant.register(service);
    owner.openAccounts(service.uri(), 2, 1_000);
    return owner;
  }

  /** Lists and jobs hang, too, so that there are no free connections. */
  @Test
  void rulesThatAreLockedLeaveAConnectionToOtherLookUps() throws Exception {
    Merchant unused = anotherKeyOf(other);
    assertThat(transfer(other).status()).isEqualTo(201);
    var over = new AtomicBoolean();
    List<CompletableFuture<?>> hanging;
    try (Connection holder =
        database.locking(
            "lock table fraud_rule_sets, audit_log, analytics_panes, deliveries in access exclusive mode")) {
      hanging =
          busy.stream()
              .flatMap(
                  merchant ->
                      IntStream.range(0, 4)
                          .<CompletableFuture<?>>mapToObj(
                              i ->
                                  CompletableFuture.runAsync(
                                      () -> readAndPayUntil(over, merchant), clients)))
              .toList();
      awaitWaiting("audit_log", 2);
      awaitWaiting("fraud_rule_sets", 1);
      awaitWaiting("analytics_panes", 1);
      awaitWaiting("deliveries", 1);

      for (int i = 0; i < 3; i++) {
        Answer again = transfer(unused);
        assertThat(again.status()).as("%s", again.body()).isEqualTo(201);
      }
      holder.rollback();
    } finally {
      over.set(true);
    }
    hanging.forEach(CompletableFuture::join);
  }

  private static Merchant anotherKeyOf(Merchant owner) throws IOException, InterruptedException {
    Answer made =
        owner.post(
            service.uri(),
            "/v1/api-keys",
            null,
            "{\"name\":\"unused\",\"scopes\":[\"ledger:read\",\"ledger:write\"]}");
    return new Merchant(made.body().path("secret").asText());
  }

  /** The same transfer each time, within a second. */
  private static Answer transfer(Merchant owner) throws IOException, InterruptedException {
    return owner.post(
        service.uri(),
        "/v1/transfers",
        TRANSFER,
        Map.of("Idempotency-Key", "again", "Payment-Deadline-Ms", "1000"));
  }

  private static void readAndPayUntil(AtomicBoolean over, Merchant merchant) {
    try {
      while (!over.get()) {
        merchant.post(
            service.uri(),
            "/v1/payments",
            Merchant.payment(1, "a0", "shop"),
            Map.of("Idempotency-Key", UUID.randomUUID().toString(), "Payment-Deadline-Ms", "300"));
        merchant.get(service.uri(), "/v1/audit-log");
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void deliveriesThatAreLockedLeaveAConnectionToOtherJobs() throws Exception {
    Answer held =
        other.post(
            service.uri(),
            "/v1/payments",
            UUID.randomUUID().toString(),
            Merchant.payment(10, "a0", "shop").replace("}", ",\"capture_method\":\"manual\"}"));
    assertThat(held.status()).isEqualTo(201);
    try (Connection holder = database.locking("lock table deliveries in access exclusive mode")) {
      awaitWaiting("deliveries", 1);
      // Others of them wait, or fail to get a connection.
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> service.metric("quittance_connections_waiting\\{.*share=\"jobs\"") > 0);

      expireHolds();
      // It is found. It cannot expire before they are free: that is an event.
      Awaitility.await().atMost(SOON).until(() -> service.metric(OVERDUE) > 0);
      holder.rollback();
    }
  }

  private static void expireHolds() throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "update payments set expires_at = current_timestamp - interval '1 minute' where status = 'authorized'");
    }
  }

  /** Until so many statements wait for a lock on the table. */
  private static void awaitWaiting(String table, int statements) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                count(
                        "select count(*) from pg_locks where not granted and relation = '%s'::regclass"
                            .formatted(table))
                    >= statements);
  }

  private static long count(String sql) {
    return new LedgerAudit(database).number(sql);
  }
}
