package io.quittance.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.ExpiredInQueueException;
import io.quittance.concurrency.pool.QueueFullException;
import io.quittance.database.Dialect;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.tracing.Tracing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The journal on a real PostgreSQL, with commands that append a line to a table. */
class JournalIT {

  private static final UUID MERCHANT = new UUID(0, 1);
  private static final int UNWRITABLE = 1_000;
  private static final int UNTELLABLE = 2_000;
  private static final Duration TRANSACTION_LIMIT = Duration.ofSeconds(2);

  /** For all tests together. */
  private static final Deadline PATIENCE = Deadline.after(Duration.ofMinutes(10));

  private final Postgres.Database database = Postgres.create();
  private final DataSource dataSource = database.dataSource();
  private final JdbcClient jdbc = JdbcClient.create(dataSource);
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private Journal journal;

  /** The lines of a batch. */
  private static final class Lines implements Table {

    private final List<Integer> added = new ArrayList<>();
    private final List<Integer> locks = new ArrayList<>();

    @Override
    public Set<AccountKey> lock(JdbcOperations jdbc, Set<AccountKey> accounts) {
      var busy = new HashSet<>(accounts);
      for (AccountKey account : accounts) {
        jdbc.queryForList(
                "select id from accounts where id = ? for update skip locked",
                String.class,
                account.id())
            .forEach(id -> busy.remove(new AccountKey(MERCHANT, id)));
      }
      return busy;
    }

    @Override
    public void awaitLock(JdbcOperations jdbc, AccountKey account) {
      jdbc.queryForList("select id from accounts where id = ? for update", account.id());
    }

    @Override
    public void load(JdbcOperations jdbc) {
      locks.forEach(id -> jdbc.queryForList("select id from locks where id = ? for update", id));
    }

    @Override
    public void flush(Writes writes, Instant now) {
      if (added.contains(UNWRITABLE)) {
        throw new NoClassDefFoundError("a row");
      }
      writes
          .add("insert into lines select * from unnest(cast(? as integer array))", added)
          .column("integer", line -> line);
    }

    @Override
    public void committed() {
      if (added.contains(UNTELLABLE)) {
        throw new NoClassDefFoundError("a meter");
      }
    }
  }

  /** Takes a while to decide, by default for longer than a transaction may take. */
  private record Ponder(int line, Set<String> accounts, Duration time) implements Command<Integer> {

    Ponder(int line) {
      this(line, Set.of());
    }

    Ponder(int line, Set<String> accounts) {
      this(line, accounts, TRANSACTION_LIMIT);
    }

    @Override
    public UUID merchantId() {
      return MERCHANT;
    }

    @Override
    public void prepare(UnitOfWork unit) {
      // Needs nothing.
    }

    @Override
    public Integer decide(UnitOfWork unit) {
      var end = Deadline.after(time);
      while (!end.expired()) {
        Thread.onSpinWait();
      }
      unit.table(Lines.class).added.add(line);
      return line;
    }
  }

  /** Appends a line; the database refuses negative ones. */
  private record Append(int line, CountDownLatch reached, CountDownLatch gate)
      implements Command<Integer> {

    Append(int line) {
      this(line, new CountDownLatch(1), new CountDownLatch(0));
    }

    static Append gated(int line) {
      return new Append(line, new CountDownLatch(1), new CountDownLatch(1));
    }

    @Override
    public UUID merchantId() {
      return MERCHANT;
    }

    @Override
    public Set<String> accounts() {
      return Set.of();
    }

    @Override
    public void prepare(UnitOfWork unit) {
      reached.countDown();
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public Integer decide(UnitOfWork unit) {
      unit.table(Lines.class).added.add(line);
      return line;
    }
  }

  @BeforeEach
  void start() throws SQLException {
    jdbc.sql("create table lines (line integer primary key check (line >= 0))").update();
    journal = journal(limited());
  }

  /** Sessions with the limits that the journal's have. */
  private DataSource limited() {
    return new Postgres.Database(
            database.url() + "&options=-c%20lock_timeout=100%20-c%20statement_timeout=2000")
        .dataSource();
  }

  private Journal journal(DataSource source) throws SQLException {
    var factory = new DefaultListableBeanFactory();
    factory.registerSingleton("lines", (Table.Factory) unit -> new Lines());
    return new Journal(
        source,
        dataSource,
        new Dialect(dataSource),
        factory.getBeanProvider(Table.Factory.class),
        new JournalProperties(1, 8, 8, TRANSACTION_LIMIT, Duration.ofMillis(100)),
        registry,
        Tracing.OFF);
  }

  @AfterEach
  void stop() {
    journal.close();
  }

  @Test
  void appliesWhatQueuedUpInOneTransaction() throws Exception {
    List<CompletableFuture<Integer>> results = submitTogether(List.of(1, 2, 3, 4));

    assertThat(results).allSatisfy(result -> assertThat(PATIENCE.await(result)).isPositive());
    assertThat(
            jdbc.sql("select count(distinct xmin::text) from lines where line > 0")
                .query(Long.class)
                .single())
        .isEqualTo(1);
  }

  /** A command that forwards to another one, as if it wrote a lot of text. */
  private record Heavy(Command<Integer> command, long weight)
      implements Command.Forwarding<Integer> {}

  @Test
  @Proves("many requests at once have large metadata")
  void dividesWhatQueuedUpByWeight() throws Exception {
    long half = TransactionWeight.MAX / 2;
    var blocker = Append.gated(0);
    journal.submit(blocker, PATIENCE);
    blocker.reached().await();
    List<CompletableFuture<Integer>> results = new ArrayList<>();
    for (int line = 1; line <= 5; line++) {
      var heavy = new Heavy(new Append(line), line == 5 ? 2 * half : half);
      results.add(journal.submit(new Told(heavy, new CountDownLatch(1)), PATIENCE));
    }
    results.add(journal.submitWhenRoom(new Heavy(new Append(6), half), PATIENCE));
    results.add(journal.submit(new Append(7), PATIENCE));
    blocker.gate().countDown();

    assertThat(results).allSatisfy(result -> assertThat(PATIENCE.await(result)).isPositive());
    assertThat(linesByTransaction()).containsExactly("0", "1,2", "3,4", "5", "6,7");
  }

  /** What is left in the queue counts in the estimates by which requests are admitted. */
  @Test
  void leavesInTheQueueWhatIsTooHeavyForTheTransaction() throws Exception {
    var blocker = Append.gated(0);
    var next = Append.gated(1);
    journal.submit(blocker, PATIENCE);
    blocker.reached().await();
    journal.submit(new Heavy(next, TransactionWeight.MAX), PATIENCE);
    journal.submit(new Append(2), PATIENCE);
    journal.submit(new Append(3), PATIENCE);

    blocker.gate().countDown();
    next.reached().await();

    assertThat(journal.waiting()).isEqualTo(2);
    next.gate().countDown();
  }

  @Test
  void dividesWhatWaitedForAnAccountByWeight() throws Exception {
    openAccounts("a");
    List<CompletableFuture<Integer>> results = new ArrayList<>();
    try (Connection other = locking("a")) {
      for (int line = 1; line <= 4; line++) {
        var heavy = new Heavy(new Move("a", line), TransactionWeight.MAX);
        results.add(journal.submitWhenRoom(heavy, PATIENCE));
      }
      Awaitility.await()
          .until(() -> registry.get("quittance.journal.busy.accounts").gauge().value() > 0);
      Awaitility.await().until(() -> journal.waiting() == 4);
      other.rollback();
    }

    assertThat(results).allSatisfy(result -> assertThat(PATIENCE.await(result)).isPositive());
    assertThat(linesByTransaction()).containsExactly("1", "2", "3", "4");
  }

  private List<String> linesByTransaction() {
    return jdbc.sql(
            """
            select string_agg(line::text, ',' order by line) from lines
             group by xmin::text order by min(line)
            """)
        .query(String.class)
        .list();
  }

  @Test
  void expectsNothingBadOnceAStalledBatchIsOver() throws Exception {
    Append stalled = Append.gated(1);
    CompletableFuture<Integer> result = journal.submit(stalled, PATIENCE);
    Awaitility.await()
        .until(() -> journal.expectedTime(MERCHANT).compareTo(Duration.ofMillis(1_100)) > 0);

    stalled.gate().countDown();

    PATIENCE.await(result);
    Awaitility.await()
        .untilAsserted(() -> assertThat(journal.expectedTime(MERCHANT)).isEqualTo(Duration.ZERO));
    PATIENCE.await(journal.submit(new Append(2), PATIENCE));
    assertThat(journal.expectedTime(MERCHANT)).isLessThan(Duration.ofMillis(1_100).dividedBy(8));
  }

  @Test
  void failsOnlyTheCommandThatTheDatabaseRefuses() throws Exception {
    List<CompletableFuture<Integer>> results = submitTogether(List.of(1, 2, -3, 4, 5));

    assertThatThrownBy(() -> PATIENCE.await(results.get(2)))
        .hasMessageContaining("lines_line_check");
    assertThat(PATIENCE.await(results.get(0))).isEqualTo(1);
    assertThat(PATIENCE.await(results.get(4))).isEqualTo(5);
    assertThat(lines()).containsExactly(0, 1, 2, 4, 5);
  }

  @Test
  void retriesADeadlockUntilItCommits() throws Exception {
    jdbc.sql("create table locks (id integer primary key)").update();
    jdbc.sql("insert into locks values (1), (2)").update();
    try (Connection other = dataSource.getConnection()) {
      other.setAutoCommit(false);
      execute(other, "select * from locks where id = 2 for update");
      CompletableFuture<Integer> result = journal.submit(new LockBoth(), PATIENCE);
      Awaitility.await()
          .until(
              () ->
                  jdbc.sql("select count(*) from pg_locks where not granted")
                          .query(Long.class)
                          .single()
                      > 0);
      // Closes the circle: PostgreSQL ends one of the two with 40P01, and the journal tries again.
      try {
        execute(other, "select * from locks where id = 1 for update");
      } catch (SQLException victim) {
        assertThat(victim.getSQLState()).isEqualTo("40P01");
      }
      other.rollback();

      assertThat(PATIENCE.await(result)).isEqualTo(7);
    }
    assertThat(lines()).containsExactly(7);
  }

  @ParameterizedTest
  @CsvSource({"40P01, deadlock", "40001, serialization", "23505, collision"})
  void countsWhatItRetriesByItsReason(String state, String reason) throws Exception {
    jdbc.sql(
            """
            create sequence attempts;
            create function refuse_once() returns trigger language plpgsql as
              $$ begin
                if nextval('attempts') = 1 then raise exception using errcode = '%s'; end if;
                return new;
              end $$;
            create trigger refuse_once before insert on lines
              for each row execute function refuse_once()
            """
                .formatted(state))
        .update();

    PATIENCE.await(journal.submit(new Append(1), PATIENCE));

    assertThat(lines()).containsExactly(1);
    for (String each : List.of("deadlock", "serialization", "collision")) {
      assertThat(retried(each)).as(each).isEqualTo(each.equals(reason) ? 1 : 0);
    }
  }

  @Test
  void failsOnlyTheCommandThatThrows() throws Exception {
    var blocker = Append.gated(0);
    journal.submit(blocker, PATIENCE);
    blocker.reached().await();
    var first = journal.submit(new Append(1), PATIENCE);
    var faulty = journal.submit(new Faulty(), PATIENCE);
    var last = journal.submit(new Append(2), PATIENCE);
    blocker.gate().countDown();

    assertThatThrownBy(() -> PATIENCE.await(faulty)).isInstanceOf(ArithmeticException.class);
    assertThat(PATIENCE.await(first)).isEqualTo(1);
    assertThat(PATIENCE.await(last)).isEqualTo(2);
    assertThat(
            jdbc.sql("select count(distinct xmin::text) from lines where line > 0")
                .query(Long.class)
                .single())
        .isEqualTo(1);
    assertThat(halved()).isZero();
  }

  /** Adds a line, and then finds that it cannot. */
  private static final class Faulty implements Command<Integer> {

    @Override
    public UUID merchantId() {
      return MERCHANT;
    }

    @Override
    public Set<String> accounts() {
      return Set.of();
    }

    @Override
    public void prepare(UnitOfWork unit) {}

    @Override
    public Integer decide(UnitOfWork unit) {
      unit.table(Lines.class).added.add(666);
      throw new ArithmeticException("a fault of its own");
    }
  }

  @Test
  void letsOnlyTheCommandsOfALockedAccountWait() throws Exception {
    openAccounts("a", "b");
    try (Connection other = locking("a")) {
      var waiting = journal.submit(new Move("a", 1), PATIENCE);
      var behind = journal.submit(new Move("a", 2), PATIENCE);
      var free = journal.submit(new Move("b", 3), PATIENCE);

      assertThat(PATIENCE.await(free)).isEqualTo(3);
      assertThat(waiting).isNotDone();
      assertThat(behind).isNotDone();
      other.rollback();

      assertThat(PATIENCE.await(waiting)).isEqualTo(1);
      assertThat(PATIENCE.await(behind)).isEqualTo(2);
    }
    assertThat(halved()).isZero();
  }

  /** Counts how often it is told that it waits. */
  private record Told(Command<Integer> command, CountDownLatch told)
      implements Command.Forwarding<Integer> {

    @Override
    public void onBlocked() {
      told.countDown();
    }
  }

  /** The first one is found to, in a transaction; the second one queues up behind it. */
  @Test
  void tellsCommandsThatTheyWaitForALock() throws Exception {
    openAccounts("a");
    try (Connection other = locking("a")) {
      for (int line = 1; line <= 2; line++) {
        var told = new CountDownLatch(1);
        var _ = journal.submit(new Told(new Move("a", line), told), PATIENCE);
        assertThat(told.await(PATIENCE.remaining().toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        Awaitility.await()
            .until(() -> registry.get("quittance.journal.busy.accounts").gauge().value() > 0);
      }
      other.rollback();
    }
  }

  @Test
  void dropsACommandThatExpiresWhileItsAccountIsLocked() throws Exception {
    openAccounts("a");
    try (Connection other = locking("a")) {
      var late = journal.submit(new Move("a", 1), Deadline.after(Duration.ofMillis(300)));

      assertThatThrownBy(() -> PATIENCE.await(late)).isInstanceOf(ExpiredInQueueException.class);
      other.rollback();
    }
    assertThat(PATIENCE.await(journal.submit(new Move("a", 2), PATIENCE))).isEqualTo(2);
    journal.close();
    assertThat(lines()).containsExactly(2);
  }

  @Test
  void triesCommandsOneByOneWhenOneOfThemWaitsForAnUnannouncedLock() throws Exception {
    try (Connection other = dataSource.getConnection()) {
      other.setAutoCommit(false);
      execute(other, "insert into lines values (2)");
      List<CompletableFuture<Integer>> results = submitTogether(List.of(1, 2, 3));

      assertThat(PATIENCE.await(results.get(0))).isEqualTo(1);
      assertThat(PATIENCE.await(results.get(2))).isEqualTo(3);
      assertThat(results.get(1)).isNotDone();
      other.rollback();

      assertThat(PATIENCE.await(results.get(1))).isEqualTo(2);
    }
    assertThat(halved()).isZero();
  }

  @Test
  void neverHalvesABatchThatTheDatabaseIsTooSlowFor() throws Exception {
    jdbc.sql("create table locks (id integer primary key)").update();
    jdbc.sql(
            """
            create rule slow as on insert to lines where new.line = 2
               do also select pg_sleep(60)
            """)
        .update();
    List<CompletableFuture<Integer>> results = submitTogether(List.of(1, 2, 3));

    assertThat(results)
        .allSatisfy(
            result ->
                assertThatThrownBy(() -> PATIENCE.await(result))
                    .isInstanceOf(DatabaseUnavailableException.class));
    assertThat(halved()).isZero();
    assertThat(lines()).containsExactly(0);
  }

  /** The database was quick: who asks for so much has not found it unavailable. */
  @Test
  @Proves("one request is so large")
  void blamesNoDatabaseForWhatTakesLongToDecide() throws Exception {
    var command = new Ponder(5);

    assertThatThrownBy(() -> PATIENCE.await(journal.submit(command, PATIENCE)))
        .isInstanceOf(TransactionTooLongException.class);

    assertThat(PATIENCE.await(journal.submit(new Append(6), PATIENCE))).isEqualTo(6);
    assertThat(lines()).containsExactly(6);
    assertThat(halved()).isZero();
  }

  /** Whoever waits behind such a command, and runs out of time, must not blame the database. */
  @Test
  void stallsByTheDatabaseOnly() throws Exception {
    var slow = journal.submit(new Ponder(5), PATIENCE);
    Awaitility.await()
        .during(Duration.ofMillis(1300))
        .until(() -> !slow.isDone() && !journal.stalled(MERCHANT));
    assertThatThrownBy(() -> PATIENCE.await(slow)).isInstanceOf(TransactionTooLongException.class);

    jdbc.sql(
            """
            create function linger() returns trigger as 'begin perform pg_sleep(1.6); return new; end'
              language plpgsql
            """)
        .update();
    jdbc.sql("create trigger linger before insert on lines for each row execute function linger()")
        .update();
    var kept = journal.submit(new Append(6), PATIENCE);
    Awaitility.await().until(() -> journal.stalled(MERCHANT));
    assertThat(PATIENCE.await(kept)).isEqualTo(6);
    Awaitility.await().until(() -> !journal.stalled(MERCHANT));
  }

  /** As an atomic batch does that decides about many payments. */
  @Test
  @Proves("one request is so large")
  void failsOnlyTheCommandOfMostAccountsIfATransactionTakesTooLongToDecide() throws Exception {
    openAccounts("a", "b");
    var blocker = Append.gated(0);
    journal.submit(blocker, PATIENCE);
    blocker.reached().await();
    var first = journal.submit(new Move("a", 1), PATIENCE);
    var large = journal.submit(new Ponder(2, Set.of("a", "b")), PATIENCE);
    var last = journal.submit(new Append(3), PATIENCE);
    blocker.gate().countDown();

    assertThatThrownBy(() -> PATIENCE.await(large)).isInstanceOf(TransactionTooLongException.class);
    assertThat(PATIENCE.await(first)).isEqualTo(1);
    assertThat(PATIENCE.await(last)).isEqualTo(3);
    assertThat(lines()).containsExactly(0, 1, 3);
  }

  /** It was left out because its account is locked, so it has not taken any time. */
  @Test
  void blamesNoCommandThatTheTransactionHasLeftOut() throws Exception {
    openAccounts("a", "b");
    try (Connection other = locking("a")) {
      var blocker = Append.gated(0);
      journal.submit(blocker, PATIENCE);
      blocker.reached().await();
      var leftOut = journal.submit(new Ponder(1, Set.of("a", "b"), Duration.ZERO), PATIENCE);
      var slow = journal.submit(new Ponder(2), PATIENCE);
      blocker.gate().countDown();

      assertThatThrownBy(() -> PATIENCE.await(slow))
          .isInstanceOf(TransactionTooLongException.class);
      other.rollback();
      assertThat(PATIENCE.await(leftOut)).isEqualTo(1);
    }
  }

  @Test
  void failsOnlyTheCommandThatEndsByAnError() throws Exception {
    var blocker = Append.gated(0);
    journal.submit(blocker, PATIENCE);
    blocker.reached().await();
    var first = journal.submit(new Append(1), PATIENCE);
    var unprepared = journal.submit(new Broken(true), PATIENCE);
    var undecided = journal.submit(new Broken(false), PATIENCE);
    var last = journal.submit(new Append(2), PATIENCE);
    blocker.gate().countDown();

    assertThatThrownBy(() -> PATIENCE.await(unprepared)).isInstanceOf(StackOverflowError.class);
    assertThatThrownBy(() -> PATIENCE.await(undecided)).isInstanceOf(StackOverflowError.class);
    assertThat(PATIENCE.await(first)).isEqualTo(1);
    assertThat(PATIENCE.await(last)).isEqualTo(2);
  }

  /** An error, and not an exception, while it prepares or decides. */
  private record Broken(boolean early) implements Command<Integer> {

    @Override
    public UUID merchantId() {
      return MERCHANT;
    }

    @Override
    public Set<String> accounts() {
      return Set.of();
    }

    @Override
    public void prepare(UnitOfWork unit) {
      if (early) {
        throw new StackOverflowError();
      }
    }

    @Override
    public Integer decide(UnitOfWork unit) {
      throw new StackOverflowError();
    }
  }

  /** The database refuses nothing, but its rows cannot be written down. */
  @Test
  void failsOnlyTheCommandWhoseRowsCannotBeWritten() throws Exception {
    List<CompletableFuture<Integer>> results = submitTogether(List.of(1, UNWRITABLE, 2));

    assertThatThrownBy(() -> PATIENCE.await(results.get(1))).isInstanceOf(LinkageError.class);
    assertThat(PATIENCE.await(results.get(0))).isEqualTo(1);
    assertThat(PATIENCE.await(results.get(2))).isEqualTo(2);
  }

  @Test
  void tellsCallersWhateverFailsAfterTheCommit() throws Exception {
    var result = journal.submit(new Append(UNTELLABLE), PATIENCE);

    assertThat(PATIENCE.await(result)).isEqualTo(UNTELLABLE);
    assertThat(lines()).containsExactly(UNTELLABLE);
  }

  /** The account has a quarter of the room, which is two. */
  @Test
  void refusesWhatBeginsAndNotWhatFinishesWhenManyWaitForAnAccount() throws Exception {
    openAccounts("a");
    try (Connection other = locking("a")) {
      var first = journal.submit(new Move("a", 1), PATIENCE);
      var second = journal.submit(new Move("a", 2), PATIENCE);
      Awaitility.await()
          .until(() -> registry.get("quittance.journal.busy.accounts").gauge().value() > 0);
      var beginning = journal.submit(new Move("a", 3), PATIENCE);
      assertThatThrownBy(() -> PATIENCE.await(beginning)).isInstanceOf(QueueFullException.class);
      assertThat(registry.get("quittance.journal.refused").counter().count()).isEqualTo(1);

      List<CompletableFuture<Integer>> finishing = new ArrayList<>();
      for (int line = 4; line < 14; line++) {
        finishing.add(journal.submitWhenRoom(new Move("a", line), PATIENCE));
      }
      Awaitility.await().until(() -> journal.waiting() >= 12);
      other.rollback();

      assertThat(PATIENCE.await(first)).isEqualTo(1);
      assertThat(PATIENCE.await(second)).isEqualTo(2);
      for (CompletableFuture<Integer> result : finishing) {
        assertThat(PATIENCE.await(result)).isPositive();
      }
    }
  }

  private double retried(String reason) {
    return registry.get("quittance.journal.retried").tag("reason", reason).counter().count();
  }

  private double halved() {
    return registry.get("quittance.journal.halved").counter().count();
  }

  private void openAccounts(String... ids) {
    jdbc.sql("create table accounts (id varchar primary key)").update();
    for (String id : ids) {
      jdbc.sql("insert into accounts values (?)").param(id).update();
    }
  }

  private Connection locking(String account) throws SQLException {
    Connection connection = dataSource.getConnection();
    connection.setAutoCommit(false);
    execute(connection, "select * from accounts where id = '%s' for update".formatted(account));
    return connection;
  }

  /** Appends a line under the lock of an account. */
  private record Move(String account, int line) implements Command<Integer> {

    @Override
    public UUID merchantId() {
      return MERCHANT;
    }

    @Override
    public Set<String> accounts() {
      return Set.of(account);
    }

    @Override
    public void prepare(UnitOfWork unit) {}

    @Override
    public Integer decide(UnitOfWork unit) {
      unit.table(Lines.class).added.add(line);
      return line;
    }
  }

  /** Takes two locks, one after the other. */
  private static final class LockBoth implements Command<Integer> {

    @Override
    public UUID merchantId() {
      return MERCHANT;
    }

    @Override
    public Set<String> accounts() {
      return Set.of();
    }

    @Override
    public void prepare(UnitOfWork unit) {
      unit.table(Lines.class).locks.addAll(List.of(1, 2));
    }

    @Override
    public Integer decide(UnitOfWork unit) {
      unit.table(Lines.class).added.add(7);
      return 7;
    }
  }

  @Test
  void dropsACommandThatExpiredInTheQueue() throws Exception {
    var blocker = Append.gated(0);
    journal.submit(blocker, PATIENCE);
    blocker.reached().await();
    CompletableFuture<Integer> late = journal.submit(new Append(1), Deadline.after(Duration.ZERO));
    blocker.gate().countDown();

    assertThatThrownBy(() -> PATIENCE.await(late)).isInstanceOf(ExpiredInQueueException.class);
    journal.close();
    assertThat(lines()).containsExactly(0);
  }

  @Test
  void refusesWhatDoesNotFitIntoItsQueue() throws Exception {
    var blocker = Append.gated(0);
    journal.submit(blocker, PATIENCE);
    blocker.reached().await();
    for (int i = 1; i <= 8; i++) {
      journal.submit(new Append(i), PATIENCE);
    }

    assertThatThrownBy(() -> journal.submit(new Append(9), PATIENCE))
        .isInstanceOf(QueueFullException.class);
    blocker.gate().countDown();
  }

  @Test
  void finishesWhatIsQueuedWhenItCloses() throws Exception {
    submitTogether(List.of(1, 2, 3));
    journal.close();

    assertThat(lines()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void saysThatTheFateIsUnknownWhenTheConnectionBreaksInTheCommit() throws Exception {
    journal.close();
    journal = journal(new BreakingCommits(dataSource, new SQLException("broke", "08006")));

    CompletableFuture<Integer> result = journal.submit(new Append(1), PATIENCE);

    assertThatThrownBy(() -> PATIENCE.await(result))
        .isInstanceOf(CommitOutcomeUnknownException.class);
  }

  @Test
  void saysThatTheFateIsUnknownWhenTheDriverFailsInTheCommit() throws Exception {
    journal.close();
    journal = journal(new BreakingCommits(dataSource, new NoClassDefFoundError("of the driver")));

    CompletableFuture<Integer> result = journal.submit(new Append(1), PATIENCE);

    assertThatThrownBy(() -> PATIENCE.await(result))
        .isInstanceOf(CommitOutcomeUnknownException.class);
  }

  /** One that was left out, because its account is locked, was certainly not applied. */
  @Test
  void saysThatTheFateIsUnknownOnlyToThoseThatWereToBeCommitted() throws Exception {
    openAccounts("a");
    journal.close();
    journal = journal(new BreakingCommits(limited(), new SQLException("broke", "08006")));
    try (Connection other = locking("a")) {
      var blocker = Append.gated(0);
      journal.submit(blocker, PATIENCE);
      blocker.reached().await();
      var leftOut = journal.submit(new Move("a", 1), Deadline.after(Duration.ofMillis(600)));
      var written = journal.submit(new Append(2), PATIENCE);
      blocker.gate().countDown();

      assertThatThrownBy(() -> PATIENCE.await(written))
          .isInstanceOf(CommitOutcomeUnknownException.class);
      assertThatThrownBy(() -> PATIENCE.await(leftOut)).isInstanceOf(ExpiredInQueueException.class);
      other.rollback();
    }
  }

  private List<CompletableFuture<Integer>> submitTogether(List<Integer> lines)
      throws InterruptedException {
    var blocker = Append.gated(0);
    journal.submit(blocker, PATIENCE);
    blocker.reached().await();
    List<CompletableFuture<Integer>> results =
        lines.stream().map(line -> journal.submit(new Append(line), PATIENCE)).toList();
    blocker.gate().countDown();
    return results;
  }

  private List<Integer> lines() {
    return jdbc.sql("select line from lines order by line").query(Integer.class).list();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
