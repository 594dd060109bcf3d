package io.quittance.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.testing.Postgres;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Accounts about which more has to be read than the others of a lane can wait for. */
class LaboriousAccountsIT {

  private static final UUID MERCHANT = UUID.randomUUID();
  private static final String LONG = "long";
  private static final Deadline PATIENCE = Deadline.after(Duration.ofSeconds(60));

  private final Postgres.Database database = Postgres.create();
  private final List<String> decided = new CopyOnWriteArrayList<>();
  private final CountDownLatch reading = new CountDownLatch(1);
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile boolean tooSlow;
  private Journal journal;

  /** Reads what commands say of payers, for one of whom that is much. */
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
      boolean much = asksAbout(locked) && locked.id().equals(LONG);
      if (much) {
        readAll(locked);
      }
      return much;
    }

    @Override
    public boolean asksAbout(AccountKey account) {
      return wanted.contains(account);
    }

    @Override
    public void load(JdbcOperations jdbc) {
      if (unit.patient()) {
        wanted.stream().filter(account -> !read.contains(account)).forEach(this::readAll);
      }
    }

    private void readAll(AccountKey account) {
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
    public Set<AccountKey> tooMuchToRead() {
      var much = new HashSet<>(wanted);
      much.removeIf(account -> unit.patient() || !account.id().equals(LONG));
      return much;
    }

    @Override
    public void flush(Writes writes, Instant now) {}
  }

  /**
   * Reads about one account.
   *
   * @param accounts that it needs
   */
  private final class Read implements Command<String> {

    private final String name;
    private final String about;
    private final Set<String> accounts;

    Read(String name, String about, String... accounts) {
      this.name = name;
      this.about = about;
      this.accounts = Set.of(accounts);
    }

    @Override
    public UUID merchantId() {
      return MERCHANT;
    }

    @Override
    public Set<String> accounts() {
      return accounts;
    }

    @Override
    public void prepare(UnitOfWork unit) {
      unit.table(Pasts.class).wanted.add(new AccountKey(MERCHANT, about));
    }

    @Override
    public String decide(UnitOfWork unit) {
      var pasts = unit.table(Pasts.class);
      var account = new AccountKey(MERCHANT, about);
      if (about.equals(LONG) && !pasts.read.contains(account)) {
        throw new IllegalStateException("not all was read");
      }
      decided.add(name);
      return name;
    }
  }

  @BeforeEach
  void start() throws SQLException {
    var jdbc = JdbcClient.create(database.dataSource());
    jdbc.sql("create table accounts (id varchar primary key)").update();
    jdbc.sql("insert into accounts values ('long'), ('short'), ('shop')").update();
    var factory = new DefaultListableBeanFactory();
    factory.registerSingleton("pasts", (Table.Factory) Pasts::new);
    journal =
        new Journal(
            new Postgres.Database(database.url() + "&options=-c%20lock_timeout=100").dataSource(),
            database.dataSource(),
            new Dialect(database.dataSource()),
            factory.getBeanProvider(Table.Factory.class),
            new JournalProperties(1, 64, 64, Duration.ofSeconds(30), Duration.ofMillis(100)),
            new SimpleMeterRegistry(),
            Tracing.OFF);
  }

  @AfterEach
  void stop() {
    gate.countDown();
    journal.close();
  }

  private CompletableFuture<String> submit(Read command) {
    return journal.submit(command, PATIENCE);
  }

  @Test
  void keepNobodyWaitingWhoSharesTheOtherAccount() throws Exception {
    gate = new CountDownLatch(1);
    var first = submit(new Read("first", LONG, LONG, "shop"));
    var second = submit(new Read("second", LONG, LONG, "shop"));
    assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();

    assertThat(PATIENCE.await(submit(new Read("other", "short", "short", "shop"))))
        .isEqualTo("other");
    assertThat(first).isNotDone();
    gate.countDown();

    assertThat(PATIENCE.await(first)).isEqualTo("first");
    assertThat(PATIENCE.await(second)).isEqualTo("second");
    assertThat(decided).containsSubsequence("other", "first", "second");
  }

  /** What asks for it fails by its own fault: the database is there. */
  @Test
  void failWhoAsksWhenItIsTooMuchForAnyTransaction() throws Exception {
    gate = new CountDownLatch(1);
    tooSlow = true;
    var first = submit(new Read("first", LONG, LONG, "shop"));
    assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();
    var second = submit(new Read("second", LONG, LONG, "shop"));
    var release = submit(new Read("release", "short", LONG, "shop"));
    var other = submit(new Read("other", "short", "short", "shop"));

    assertThat(PATIENCE.await(other)).isEqualTo("other");
    gate.countDown();
    assertThat(PATIENCE.await(release)).isEqualTo("release");
    for (CompletableFuture<String> asking : List.of(first, second)) {
      assertThatThrownBy(() -> PATIENCE.await(asking))
          .isInstanceOf(TransactionTooLongException.class);
    }
  }

  /** The other account's lock would be held meanwhile. */
  @Test
  void areNotReadInTheTurnOfAnotherAccount() throws Exception {
    gate = new CountDownLatch(1);
    try (Connection holder =
        database.locking("select id from accounts where id = 'shop' for update")) {
      var both = submit(new Read("both", LONG, LONG, "shop"));
      var other = submit(new Read("other", "short", "short", "shop"));
      holder.rollback();

      assertThat(PATIENCE.await(other)).isEqualTo("other");
      assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(PATIENCE.await(submit(new Read("third", "short", "short", "shop"))))
          .isEqualTo("third");
      gate.countDown();
      assertThat(PATIENCE.await(both)).isEqualTo("both");
    }
  }

  /** Nobody could be left out for it. */
  @Test
  void areReadAtOnceForACommandThatDoesNotNeedThem() throws Exception {
    assertThat(PATIENCE.await(submit(new Read("stranger", LONG, "short")))).isEqualTo("stranger");
  }
}
