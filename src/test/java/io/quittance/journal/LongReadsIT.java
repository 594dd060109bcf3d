package io.quittance.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.database.Dialect;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.tracing.Tracing;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Accounts about which more has to be read than the others of a lane can wait for. */
class LongReadsIT {

  private static final UUID MERCHANT = UUID.randomUUID();
  private final Deadline patience = Deadline.after(Duration.ofSeconds(60));
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final Postgres.Database database = Postgres.create();
  private final List<String> decided = new CopyOnWriteArrayList<>();
  private final CountDownLatch reading = new CountDownLatch(1);
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile boolean tooSlow;
  private volatile boolean readBesideOthers;
  private Journal journal;

  /** Reads what commands say of payers, of some of whom that is much. */
  private final class Pasts implements Table {

    private final UnitOfWork unit;
    private final Set<AccountKey> wanted = new HashSet<>();
    private final Set<AccountKey> read = new HashSet<>();

    Pasts(UnitOfWork unit) {
      this.unit = unit;
      unit.ahead(Pasts.class).ifPresent(earlier -> read.addAll(earlier.read));
    }

    @Override
    public Set<AccountKey> lock(JdbcOperations jdbc, Set<AccountKey> accounts) {
      var busy = new HashSet<>(accounts);
      accounts.forEach(
          account ->
              jdbc.queryForList(
                      "select id from accounts where id = ? for update skip locked",
                      String.class,
                      account.id())
                  .forEach(id -> busy.remove(account)));
      return busy;
    }

    @Override
    public void awaitLock(JdbcOperations jdbc, AccountKey account) {
      jdbc.queryForList("select id from accounts where id = ? for update", account.id());
    }

    @Override
    public boolean readAhead(JdbcOperations jdbc, AccountKey locked) {
      boolean much = asksAbout(locked) && isLong(locked);
      if (much) {
        read(locked);
      }
      return much;
    }

    @Override
    public boolean asksAbout(AccountKey account) {
      return wanted.contains(account);
    }

    @Override
    public void load(JdbcOperations jdbc) {
      if (unit.mayReadLong()) {
        Set<AccountKey> left = left();
        readBesideOthers |= !left.isEmpty();
        left.forEach(this::read);
      }
    }

    @Override
    public Set<AccountKey> tooMuchToRead() {
      return left();
    }

    private Set<AccountKey> left() {
      return wanted.stream()
          .filter(account -> isLong(account) && !read.contains(account))
          .collect(Collectors.toSet());
    }

    private void read(AccountKey account) {
      reading.countDown();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (tooSlow) {
        throw new TransactionTooLongException(
            account, new QueryTimeoutException("too slow", new SQLException("canceled", "57014")));
      }
      read.add(account);
    }

    @Override
    public void flush(Writes writes, Instant now) {}
  }

  private static boolean isLong(AccountKey account) {
    return account.id().startsWith("long");
  }

  /** Reads about some accounts. */
  private record Read(LongReadsIT test, String name, Set<String> about, Set<String> accounts)
      implements Command<String> {

    @Override
    public UUID merchantId() {
      return MERCHANT;
    }

    @Override
    public void prepare(UnitOfWork unit) {
      about.forEach(id -> unit.table(Pasts.class).wanted.add(new AccountKey(MERCHANT, id)));
    }

    @Override
    public String decide(UnitOfWork unit) {
      if (!unit.table(Pasts.class).left().isEmpty()) {
        throw new IllegalStateException("not all was read");
      }
      test.decided.add(name);
      return name;
    }
  }

  @BeforeEach
  void start() throws SQLException {
    var jdbc = JdbcClient.create(database.dataSource());
    jdbc.sql("create table accounts (id varchar primary key)").update();
    jdbc.sql("insert into accounts values ('long'), ('longer'), ('short'), ('shop')").update();
    var factory = new DefaultListableBeanFactory();
    factory.registerSingleton("pasts", (Table.Factory) Pasts::new);
    journal =
        new Journal(
            new Postgres.Database(database.url() + "&options=-c%20lock_timeout=100").dataSource(),
            database.dataSource(),
            new Dialect(database.dataSource()),
            factory.getBeanProvider(Table.Factory.class),
            new JournalProperties(1, 64, 64, Duration.ofSeconds(30), Duration.ofMillis(100)),
            registry,
            Tracing.OFF);
  }

  @AfterEach
  void stop() {
    gate.countDown();
    journal.close();
  }

  private CompletableFuture<String> submit(String name, Set<String> about, Set<String> accounts) {
    return journal.submit(new Read(this, name, about, accounts), patience);
  }

  /** As a payment to the shop. */
  private CompletableFuture<String> pay(String name, String payer) {
    return submit(name, Set.of(payer), Set.of(payer, "shop"));
  }

  private double accountsWaitedFor() {
    return registry.get("quittance.journal.busy.accounts").gauge().value();
  }

  private void awaitReading() throws InterruptedException {
    assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  @Proves("a velocity rule has to look at more")
  void keepNobodyWaitingWhoSharesTheOtherAccount() throws Exception {
    gate = new CountDownLatch(1);
    var first = pay("first", "long");
    var second = pay("second", "long");
    awaitReading();

    assertThat(patience.await(pay("other", "short"))).isEqualTo("other");
    assertThat(first).isNotDone();
    gate.countDown();

    assertThat(patience.await(first)).isEqualTo("first");
    assertThat(patience.await(second)).isEqualTo("second");
    assertThat(decided).containsSubsequence("other", "first", "second");
    assertThat(readBesideOthers).isFalse();
  }

  /** Who asks for it fails by its own fault: the database is there. */
  @Test
  @Proves("a velocity rule has to look at more")
  void failWhoAsksWhenItIsTooMuchForAnyTransaction() throws Exception {
    gate = new CountDownLatch(1);
    tooSlow = true;
    var first = pay("first", "long");
    awaitReading();
    var second = pay("second", "long");
    var release = submit("release", Set.of(), Set.of("long", "shop"));

    assertThat(patience.await(pay("other", "short"))).isEqualTo("other");
    gate.countDown();
    assertThat(patience.await(release)).isEqualTo("release");
    for (CompletableFuture<String> asking : List.of(first, second)) {
      assertThatThrownBy(() -> patience.await(asking))
          .isInstanceOf(TransactionTooLongException.class);
    }
  }

  /** The other account's lock would be held meanwhile. */
  @Test
  void areNotReadInTheTurnOfAnotherAccount() throws Exception {
    gate = new CountDownLatch(1);
    try (Connection holder =
        database.locking("select id from accounts where id = 'shop' for update")) {
      var both = pay("both", "long");
      var other = pay("other", "short");
      holder.rollback();

      assertThat(patience.await(other)).isEqualTo("other");
      awaitReading();
      assertThat(patience.await(pay("third", "short"))).isEqualTo("third");
      gate.countDown();
      assertThat(patience.await(both)).isEqualTo("both");
    }
  }

  /** One that waited for both accounts waits for its own only, once the other one is free. */
  @Test
  void leaveTheOtherAccountToOthersInALongTurn() throws Exception {
    CountDownLatch firstGate = new CountDownLatch(1);
    gate = firstGate;
    var first = pay("first", "long");
    awaitReading();
    try (Connection holder =
        database.locking("select id from accounts where id = 'shop' for update")) {
      var other = pay("other", "short");
      Awaitility.await().until(() -> journal.waiting() == 2);
      var second = pay("second", "long");
      Awaitility.await().until(() -> journal.waiting() == 3);
      gate = new CountDownLatch(1);
      holder.rollback();
      firstGate.countDown();

      assertThat(patience.await(first)).isEqualTo("first");
      assertThat(patience.await(other)).isEqualTo("other");
      Awaitility.await().until(() -> accountsWaitedFor() == 1);
      assertThat(patience.await(pay("third", "short"))).isEqualTo("third");
      assertThat(second).isNotDone();
      gate.countDown();
      assertThat(patience.await(second)).isEqualTo("second");
    }
  }

  @Test
  void areNotReadInTheTurnOfAnotherLongOne() throws Exception {
    gate = new CountDownLatch(1);
    var first = pay("first", "long");
    awaitReading();
    var second = submit("second", Set.of("longer"), Set.of("longer", "long"));
    var third = pay("third", "long");
    gate.countDown();

    assertThat(patience.await(first)).isEqualTo("first");
    assertThat(patience.await(second)).isEqualTo("second");
    assertThat(patience.await(third)).isEqualTo("third");
    assertThat(readBesideOthers).isFalse();
  }

  /** Else it would wait for the turn of one of them in that of the other, and again. */
  @Test
  void areReadTogetherForACommandThatNeedsSeveral() throws Exception {
    var all = submit("all", Set.of("long", "longer"), Set.of("long", "longer", "shop"));

    assertThat(patience.await(all)).isEqualTo("all");
    assertThat(readBesideOthers).isTrue();
  }

  /** Nobody could be left out for it. */
  @Test
  void areReadAtOnceForACommandThatDoesNotNeedThem() throws Exception {
    assertThat(patience.await(submit("stranger", Set.of("long"), Set.of("short"))))
        .isEqualTo("stranger");
  }
}
