package io.quittance.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.EventReceiver;
import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import io.quittance.testing.Merchant.Answer;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.testing.ServiceProcess;
import io.quittance.web.TypeId;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What one account, key or session does wrong stays with it: two replicas on one database, and a
 * session of somebody else's that holds locks and does not let go.
 */
class IsolationIT {

  private static final int ACCOUNTS = 20;
  private static final int PAYMENTS = 120;
  private static final int WEBHOOKS = 12;
  private static final int PAIRS = 12;

  /** As long as two jobs wait for a lock: what has to wait for both of them comes later. */
  private static final Duration SOON = Duration.ofSeconds(2);

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final String TWO_PAYMENTS =
      """
      {"payments":[
        {"amount":1,"currency":"EUR","payer":"a0","payee":"shop","reference":"one"},
        {"amount":1,"currency":"EUR","payer":"a1","payee":"shop","reference":"two"}]}
      """;

  private static Postgres.Database database;
  private static List<ServiceProcess> replicas;
  private static Merchant merchant;
  private static Merchant other;
  private static ExecutorService clients;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    database = Postgres.create();
    replicas = List.of(replica(), replica());
    merchant = Merchant.register(replicas.getFirst());
    other = Merchant.register(replicas.getFirst());
    merchant.openAccounts(replicas.getFirst().uri(), ACCOUNTS, 10_000_000);
    other.openAccounts(replicas.getFirst().uri(), ACCOUNTS, 10_000_000);
    clients = Executors.newVirtualThreadPerTaskExecutor();
  }

  /** All merchants in one lane: not even neighbours there wait for each other. */
  private static ServiceProcess replica() throws IOException, InterruptedException {
    return ServiceProcess.start(
        database,
        "--quittance.journal.lanes=1",
        "--quittance.notification.allow-loopback=true",
        "--quittance.analytics.sweep-interval=1s",
        "--quittance.deadline.default-ms=10000");
  }

  @AfterAll
  static void stop() {
    clients.close();
    replicas.forEach(ServiceProcess::close);
    new LedgerAudit(database).passes();
  }

  @Test
  void aLockedAccountKeepsNobodyElseWaiting() throws Exception {
    try (Connection holder =
        database.locking("select * from accounts where id = 'a0' for update")) {
      List<CompletableFuture<Answer>> stuck =
          IntStream.range(0, 10).mapToObj(i -> pay(merchant, i, "a0", 600)).toList();
      List<Answer> free =
          IntStream.range(0, PAYMENTS)
              .mapToObj(i -> pay(i % 2 == 0 ? merchant : other, i, "a" + (1 + i % 19), 5_000))
              .map(CompletableFuture::join)
              .toList();

      assertThat(free).extracting(Answer::status).containsOnly(201);
      assertThat(stuck).extracting(answer -> answer.join().status()).containsOnly(504);
      assertThat(stuck)
          .extracting(answer -> answer.join().body().path("outcome").asText())
          .containsOnly("none");
      holder.rollback();
    }
    assertThat(pay(merchant, 0, "a0", 5_000).join().status()).isEqualTo(201);
    assertThat(breakersOpened()).isZero();
  }

  @Test
  void commandsOfALockedAccountAreAppliedInOrderOnceItIsFree() throws Exception {
    try (Connection holder =
        database.locking("select * from accounts where id = 'a1' for update")) {
      List<CompletableFuture<Answer>> waiting =
          IntStream.range(0, 20).mapToObj(i -> pay(merchant, i, "a1", 30_000)).toList();
      Awaitility.await().atMost(PATIENCE).until(() -> busyAccounts() == 2);
      holder.rollback();

      assertThat(waiting).extracting(answer -> answer.join().status()).containsOnly(201);
    }
    Awaitility.await().atMost(PATIENCE).until(() -> busyAccounts() == 0);
  }

  @Test
  void aKeyThatIsBeingClaimedElsewhereKeepsNobodyElseWaiting() throws Exception {
    UUID merchantId =
        UUID.fromString(
            new LedgerAudit(database)
                .text("select cast(merchant_id as varchar) from accounts where id = 'a0' limit 1"));
    try (Connection holder =
        database.locking(
            """
            insert into idempotency_keys (merchant_id, operation, idempotency_key, fingerprint,
                object_id, runs_until, created_at)
            select merchant_id, 'POST /v1/payments', 'claimed elsewhere', 'x', '%s', now(), now()
              from accounts where id = 'a2'
            """
                .formatted(merchantId))) {
      CompletableFuture<Answer> stuck = pay(merchant, "claimed elsewhere", 0, "a2", 1_000);
      List<Answer> free =
          IntStream.range(0, PAYMENTS)
              .mapToObj(i -> pay(merchant, i, "a" + (3 + i % 17), 5_000))
              .map(CompletableFuture::join)
              .toList();

      assertThat(free).extracting(Answer::status).containsOnly(201);
      assertThat(stuck.join().status()).isIn(202, 504);
      holder.rollback();
    }
  }

  /** What hangs is its merchant's: payments, and what others read, go on. Jobs read panes, too. */
  @ParameterizedTest
  @CsvSource({
    "audit_log, /v1/audit-log",
    "analytics_panes, /v1/analytics/series?metric=payments.count"
  })
  @Proves("tables of analytics are locked")
  void listsThatHangTakeNoConnectionOfOthers(String table, String path) throws Exception {
    try (Connection holder =
        database.locking("lock table %s in access exclusive mode".formatted(table))) {
      List<CompletableFuture<Answer>> lists =
          IntStream.range(0, 20).mapToObj(i -> getLater(merchant, i, path)).toList();
      List<Answer> payments =
          IntStream.range(0, PAYMENTS)
              .mapToObj(i -> pay(i % 2 == 0 ? merchant : other, i, "a" + i % ACCOUNTS, 5_000))
              .map(CompletableFuture::join)
              .toList();
      List<Answer> ofOthers =
          IntStream.range(0, 10).mapToObj(i -> get(other, i, "/v1/payments?limit=1")).toList();

      assertThat(payments).extracting(Answer::status).containsOnly(201);
      assertThat(ofOthers).extracting(Answer::status).containsOnly(200);
      assertThat(lists).extracting(list -> list.join().status()).containsOnly(503);
      holder.rollback();
    }
  }

  /**
   * Three kinds of jobs of analytics wait for its panes: what rolls up, what deletes, and what
   * makes live frames. Webhooks are claimed and written down by jobs, too.
   */
  @Test
  @Proves("tables of analytics are locked")
  void panesThatAreLockedKeepNoWebhookWaiting() throws Exception {
    Merchant third = withAccounts();
    try (var receiver = new EventReceiver()) {
      String url = receiver.open("/third", _ -> EventReceiver.Manner.ACCEPT);
      third.post(
          replicas.getFirst().uri(),
          "/v1/webhook-endpoints",
          null,
          "{\"url\":\"%s\",\"events\":[\"*\"]}".formatted(url));
      operate(third, 0, "/v1/payments", "before", Merchant.payment(1, "a0", "shop"), 5_000);
      Awaitility.await().atMost(PATIENCE).until(() -> receiver.attempts().size() == 1);
      List<CompletableFuture<?>> streams =
          replicas.stream().<CompletableFuture<?>>map(replica -> watch(third, replica)).toList();

      try (Connection holder =
          database.locking("lock table analytics_panes in access exclusive mode")) {
        awaitWaiting("analytics_panes", replicas.size());
        for (int i = 0; i < WEBHOOKS; i++) {
          int before = receiver.attempts().size();
          operate(third, i, "/v1/payments", "p" + i, Merchant.payment(1, "a0", "shop"), 5_000);
          Awaitility.await().atMost(SOON).until(() -> receiver.attempts().size() > before);
        }
        holder.rollback();
      }
      streams.forEach(stream -> stream.cancel(true));
    }
  }

  private static CompletableFuture<?> watch(Merchant watcher, ServiceProcess replica) {
    return HTTP.sendAsync(
        HttpRequest.newBuilder(replica.uri().resolve("/v1/analytics/live"))
            .header("Authorization", "Bearer " + watcher.key())
            .build(),
        BodyHandlers.discarding());
  }

  /** Their rows are locked while they change something that has no key. */
  @Test
  @Proves("another transaction holds the row of a merchant")
  void aRowOfAMerchantThatIsLockedKeepsOnlyItsOwnChangesWaiting() throws Exception {
    Merchant third = withAccounts();
    List<Merchant> locked = List.of(withAccounts(), withAccounts());
    try (Connection holder =
        database.locking("select 1 from merchants order by created_at desc limit 2 for update")) {
      List<CompletableFuture<Answer>> stuck =
          IntStream.range(0, 40).mapToObj(i -> makeKeyLater(locked.get(i / 2 % 2), i)).toList();
      awaitWaitingRows(4);

      for (int i = 0; i < 10; i++) {
        assertThat(makeKeyLater(third, i).join().status()).isEqualTo(201);
        assertThat(get(third, i, "/v1/payments?limit=1").status()).isEqualTo(200);
      }
      assertThat(stuck).extracting(answer -> answer.join().status()).containsOnly(503);
      assertThat(makeKeyLater(locked.getFirst(), 0)).succeedsWithin(SOON);
      holder.rollback();
    }
    assertThat(makeKeyLater(locked.getFirst(), 0).join().status()).isEqualTo(201);
  }

  private static CompletableFuture<Answer> makeKeyLater(Merchant owner, int i) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return owner.post(
                replicas.get(i % replicas.size()).uri(),
                "/v1/api-keys",
                null,
                "{\"name\":\"another\",\"scopes\":[\"ledger:read\"]}");
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        clients);
  }

  /** Until so many statements wait for a row. */
  private static void awaitWaitingRows(int statements) {
    var audit = new LedgerAudit(database);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> audit.number("select count(*) from pg_locks where not granted") >= statements);
  }

  /**
   * Operations look their payment up first, and repetitions what the first request made. Lists need
   * a connection that the two merchants hold, until they have waited for the lock for long enough.
   */
  @Test
  void operationsAndListsGoOnWhateverTwoMerchantsHang() throws Exception {
    Merchant third = withAccounts();
    String captured = authorized(third) + "/captures";
    String reversed = transferred(third) + "/reverse";
    try (Connection holder = database.locking("lock table audit_log in access exclusive mode")) {
      List<CompletableFuture<Answer>> lists =
          IntStream.range(0, 40)
              .mapToObj(i -> getLater(i % 4 < 2 ? merchant : other, i, "/v1/audit-log"))
              .toList();
      awaitWaiting("audit_log", 4);

      for (int i = 0; i < 4; i++) {
        assertThat(operate(third, i, captured, "captured", 5_000).status()).isEqualTo(201);
        assertThat(operate(third, i, reversed, "reversed", 5_000).status()).isEqualTo(201);
        Answer batch = operate(third, i, "/v1/payment-batches", "batch", TWO_PAYMENTS, 5_000);
        assertThat(batch.status()).isEqualTo(201);
        assertThat(batch.body().path("status").asText()).isEqualTo("completed");
        assertThat(get(third, i, "/v1/payments?limit=1").status()).isEqualTo(200);
      }
      assertThat(lists).extracting(list -> list.join().status()).containsOnly(503);
      holder.rollback();
    }
  }

  /** What hangs is what needs that table, and it ends by its deadline. */
  @Test
  @Proves("what a change is about")
  void operationsEndByTheirDeadlineWhenTheirPaymentCannotBeRead() throws Exception {
    Merchant third = withAccounts();
    Merchant fourth = withAccounts();
    String captured = authorized(third) + "/captures";
    String ofThird = authorized(third) + "/captures";
    String ofOther = authorized(other) + "/captures";
    try (Connection holder = database.locking("lock table payments in access exclusive mode")) {
      Answer late = operate(third, 0, captured, "late", 300);
      assertThat(late.code()).isEqualTo("deadline_exceeded");
      assertThat(late.body().path("outcome").asText()).isEqualTo("none");

      List<CompletableFuture<Answer>> hanging =
          IntStream.range(0, 8)
              .boxed()
              .flatMap(
                  i ->
                      Stream.of(
                          operateLater(third, i, ofThird, 20_000),
                          operateLater(other, i, ofOther, 20_000),
                          getLater(merchant, i, "/v1/payments?limit=1"),
                          getLater(other, i, "/v1/payments?limit=1")))
              .toList();
      awaitWaiting("payments", 6);
      for (int i = 0; i < 10; i++) {
        Answer moved = transfer(fourth, i);
        assertThat(moved.status()).as("%s", moved.body()).isEqualTo(201);
      }
      holder.rollback();
      hanging.forEach(CompletableFuture::join);
    }
    assertThat(operate(third, 0, captured, "late", 5_000).status()).isEqualTo(201);
  }

  /** As by somebody's session at the database; whatever needs these rows ends by its deadline. */
  @ParameterizedTest
  @CsvSource({
    "payments, merchant_id, captures",
    "transfers, merchant_id, captures",
    "transfers, merchant_id, reverse",
    "merchants, id, captures",
    "fraud_rule_sets, merchant_id, payments"
  })
  @Proves("a table or rows are locked")
  void rowsThatAreLockedKeepNobodyElseWaiting(String table, String column, String operation)
      throws Exception {
    Merchant third = withAccounts();
    third.put(replicas.getFirst().uri(), "/v1/fraud/rules", "{\"rules\":[]}");
    String captured = authorized(third) + "/captures";
    String reversed = transferred(third) + "/reverse";
    String lock =
        """
        select 1 from %s where %s in
          (select merchant_id from payments where id = '%s') for update
        """
            .formatted(table, column, TypeId.require("pay", captured.split("/")[3]));
    String path =
        switch (operation) {
          case "captures" -> captured;
          case "reverse" -> reversed;
          default -> "/v1/payments";
        };
    String body = path.equals("/v1/payments") ? Merchant.payment(1, "a1", "shop") : "{}";
    Answer own;
    try (Connection holder = database.locking(lock)) {
      CompletableFuture<Answer> stuck =
          CompletableFuture.supplyAsync(() -> operateQuietly(third, path, body), clients);
      for (int i = 0; i < PAYMENTS; i++) {
        Answer paid = pay(other, i, "a" + i % ACCOUNTS, 1_500).join();
        assertThat(paid.status()).as("%s", paid.body()).isEqualTo(201);
      }
      own = stuck.join();
      holder.rollback();
    }
    assertThat(own.status()).as("%s", own.body()).isIn(200, 201, 202, 503, 504);
    Answer again =
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> operateQuietly(third, path, body), answer -> answer.status() != 409);
    assertThat(again.status()).as("%s after %s", again.body(), own.body()).isEqualTo(201);
    assertThat(breakersOpened()).isZero();
  }

  /**
   * As by somebody who builds an index, or who has changed rows and gone to lunch. There are always
   * operations that need what is locked, on accounts of their own.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "lock table captures in share mode",
        "select 1 from payments where status = 'authorized' for update"
      })
  @Proves("a table or rows are locked")
  void operationsThatCannotBeWrittenKeepNobodyElseWaiting(String lock) throws Exception {
    List<Merchant> locked = List.of(withAccounts(2 * PAIRS), withAccounts(2 * PAIRS));
    Merchant third = withAccounts();
    var captures = new ArrayList<Captures>();
    for (Merchant owner : locked) {
      for (int i = 0; i < PAIRS; i++) {
        String paths = authorized(owner, "a" + 2 * i, "a" + (2 * i + 1)) + "/captures";
        captures.add(new Captures(owner, i, paths));
      }
    }
    var over = new CountDownLatch(1);
    try (Connection holder = database.locking(lock)) {
      List<CompletableFuture<Void>> stuck =
          captures.stream()
              .map(one -> CompletableFuture.runAsync(() -> one.repeatUntil(over), clients))
              .toList();
      var _ = over.await(1, TimeUnit.SECONDS);
      Map<Integer, Integer> answers = new HashMap<>();
      long blocked = sum("quittance_journal_blocked_commands");
      long from = System.nanoTime();
      for (int i = 0; i < PAYMENTS; i++) {
        answers.merge(pay(other, i, "a" + i % ACCOUNTS, 500).join().status(), 1, Integer::sum);
      }
      System.out.printf(
          "payments beside operations that wait (%s): %s in %d ms%n",
          lock, answers, (System.nanoTime() - from) / 1_000_000);
      if (lock.startsWith("select")) {
        // Of the same kind, and nobody has locked what they need but for payments on their account.
        CompletableFuture<Void> beside =
            CompletableFuture.allOf(
                IntStream.range(0, 2 * replicas.size())
                    .mapToObj(
                        i -> CompletableFuture.runAsync(() -> payUntil(over, third, i), clients))
                    .toArray(CompletableFuture[]::new));
        for (int i = 0; i < 5; i++) {
          Answer captured = operate(third, 0, authorized(third) + "/captures", "free" + i, 2_000);
          assertThat(captured.status()).as("%s", captured.body()).isEqualTo(201);
        }
        over.countDown();
        beside.join();
      }
      over.countDown();
      stuck.forEach(CompletableFuture::join);
      holder.rollback();

      assertThat(answers.get(201)).as("%s", answers).isGreaterThan(PAYMENTS * 4 / 5);
      assertThat(blocked).as("commands that are seen to wait").isPositive();
    }
    for (Captures one : captures) {
      Answer end =
          Awaitility.await()
              .atMost(PATIENCE)
              .until(
                  () -> operate(one.owner(), 0, one.path(), UUID.randomUUID().toString(), 5_000),
                  answer -> answer.status() != 202);
      assertThat(end.status()).as("%s", end.body()).isIn(201, 409);
    }
    assertThat(breakersOpened()).isZero();
  }

  private static void payUntil(CountDownLatch over, Merchant payer, int number) {
    for (int i = number; over.getCount() > 0; i++) {
      var _ = pay(payer, number, "a" + i % ACCOUNTS, 1_000).join();
    }
  }

  /** One payment of which a capture is asked for again and again. */
  private record Captures(Merchant owner, int number, String path) {

    void repeatUntil(CountDownLatch over) {
      while (over.getCount() > 0) {
        try {
          operate(owner, number, path, UUID.randomUUID().toString(), 700);
        } catch (IOException | InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  private static Answer operateQuietly(Merchant caller, String path, String body) {
    try {
      return operate(caller, 0, path, "locked " + path, body, 1_000);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Merchant withAccounts() throws IOException, InterruptedException {
    return withAccounts(2);
  }

  private static Merchant withAccounts(int accounts) throws IOException, InterruptedException {
    Merchant owner = Merchant.register(replicas.getFirst());
    owner.openAccounts(replicas.getFirst().uri(), accounts, 1_000);
    return owner;
  }

  /** The path of a payment that can be captured. */
  private static String authorized(Merchant payer) throws IOException, InterruptedException {
    return authorized(payer, "a0", "shop");
  }

  private static String authorized(Merchant owner, String payer, String payee)
      throws IOException, InterruptedException {
    String body =
        Merchant.payment(10, payer, payee).replace("}", ",\"capture_method\":\"manual\"}");
    Answer made = operate(owner, 0, "/v1/payments", UUID.randomUUID().toString(), body, 5_000);
    return "/v1/payments/" + made.body().path("id").asText();
  }

  private static String transferred(Merchant payer) throws IOException, InterruptedException {
    return "/v1/transfers/" + transfer(payer, 0).body().path("id").asText();
  }

  private static Answer transfer(Merchant payer, int i) throws IOException, InterruptedException {
    return payer.post(
        replicas.get(i % replicas.size()).uri(),
        "/v1/transfers",
        UUID.randomUUID().toString(),
        "{\"from\":\"a0\",\"to\":\"a1\",\"amount\":1,\"currency\":\"EUR\"}");
  }

  private static CompletableFuture<Answer> operateLater(
      Merchant caller, int i, String path, int deadlineMs) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return operate(caller, i, path, UUID.randomUUID().toString(), deadlineMs);
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        clients);
  }

  private static Answer operate(Merchant caller, int i, String path, String key, int deadlineMs)
      throws IOException, InterruptedException {
    return operate(caller, i, path, key, "{}", deadlineMs);
  }

  private static Answer operate(
      Merchant caller, int i, String path, String key, String body, int deadlineMs)
      throws IOException, InterruptedException {
    return caller.post(
        replicas.get(i % replicas.size()).uri(),
        path,
        body,
        Map.of("Idempotency-Key", key, "Payment-Deadline-Ms", Integer.toString(deadlineMs)));
  }

  /** Until so many statements wait for a lock on the table. */
  private static void awaitWaiting(String table, int statements) {
    var audit = new LedgerAudit(database);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                audit.number(
                        "select count(*) from pg_locks where not granted and relation = '%s'::regclass"
                            .formatted(table))
                    >= statements);
  }

  private static CompletableFuture<Answer> getLater(Merchant reader, int i, String path) {
    return CompletableFuture.supplyAsync(() -> get(reader, i, path), clients);
  }

  private static Answer get(Merchant reader, int i, String path) {
    try {
      return reader.get(replicas.get(i % replicas.size()).uri(), path);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** For a minute with {@code -Disolation.seconds=60}. */
  @Test
  void replicasThatShareAHotAccountTakeTurns() throws Exception {
    var over = new CountDownLatch(1);
    List<List<CompletableFuture<Map<Integer, Integer>>>> running =
        replicas.stream()
            .map(
                replica ->
                    IntStream.range(0, 8)
                        .mapToObj(
                            payer ->
                                CompletableFuture.supplyAsync(
                                    () -> payUntil(over, replica, "a" + payer), clients))
                        .toList())
            .toList();
    var _ = over.await(Integer.getInteger("isolation.seconds", 5), TimeUnit.SECONDS);
    over.countDown();

    List<Map<Integer, Integer>> answers = running.stream().map(IsolationIT::sum).toList();
    System.out.println("replicas that share a hot account: " + answers);
    assertThat(answers).allSatisfy(own -> assertThat(own).containsOnlyKeys(201));
    long all = answers.stream().mapToInt(own -> own.get(201)).sum();
    assertThat(answers).allSatisfy(own -> assertThat(own.get(201) * 5L).isGreaterThan(all));
  }

  private static Map<Integer, Integer> payUntil(
      CountDownLatch over, ServiceProcess replica, String account) {
    Map<Integer, Integer> answers = new HashMap<>();
    while (over.getCount() > 0) {
      answers.merge(pay(replica, other, account, 10_000).join().status(), 1, Integer::sum);
    }
    return answers;
  }

  private static Map<Integer, Integer> sum(List<CompletableFuture<Map<Integer, Integer>>> parts) {
    Map<Integer, Integer> all = new HashMap<>();
    parts.forEach(part -> part.join().forEach((status, n) -> all.merge(status, n, Integer::sum)));
    return all;
  }

  private static CompletableFuture<Answer> pay(
      Merchant payer, int number, String account, int deadlineMs) {
    return pay(payer, UUID.randomUUID().toString(), number, account, deadlineMs);
  }

  private static CompletableFuture<Answer> pay(
      ServiceProcess replica, Merchant payer, String account, int deadlineMs) {
    return pay(replica, payer, UUID.randomUUID().toString(), account, deadlineMs);
  }

  private static CompletableFuture<Answer> pay(
      Merchant payer, String key, int number, String account, int deadlineMs) {
    return pay(replicas.get(number % replicas.size()), payer, key, account, deadlineMs);
  }

  private static CompletableFuture<Answer> pay(
      ServiceProcess replica, Merchant payer, String key, String account, int deadlineMs) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return payer.post(
                replica.uri(),
                "/v1/payments",
                Merchant.payment(1, account, "shop"),
                Map.of(
                    "Idempotency-Key", key, "Payment-Deadline-Ms", Integer.toString(deadlineMs)));
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        clients);
  }

  private static long busyAccounts() throws IOException, InterruptedException {
    return sum("quittance_journal_busy_accounts");
  }

  private static long sum(String metric) throws IOException, InterruptedException {
    long sum = 0;
    for (ServiceProcess replica : replicas) {
      sum += replica.metric(metric);
    }
    return sum;
  }

  private static long breakersOpened() throws IOException, InterruptedException {
    long sum = 0;
    for (ServiceProcess replica : replicas) {
      sum +=
          replica.metric("resilience4j_circuitbreaker_state\\{.*name=\"ledger\".*state=\"open\"");
    }
    return sum;
  }
}
