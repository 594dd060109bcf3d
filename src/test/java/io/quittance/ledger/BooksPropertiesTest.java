package io.quittance.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.database.Dialect;
import io.quittance.journal.AccountKey;
import io.quittance.money.Money;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Whatever is held, no balance ever leaves its range: a hold that was allowed can always end. */
class BooksPropertiesTest {

  private static final UUID MERCHANT = UUID.randomUUID();
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  private static final DriverManagerDataSource DATABASE =
      new DriverManagerDataSource("jdbc:h2:mem:books;DB_CLOSE_DELAY=-1");

  /** Each with the overdraft that it has; those of {@code world} and {@code void} are external. */
  private static final Map<String, Long> ACCOUNTS =
      Map.of("world", 0L, "void", 0L, "a", 0L, "b", 1_000L, "c", Money.MAX_AMOUNT);

  /** What is done to the books. */
  sealed interface Step {

    /** Moves money, or holds it. */
    record Begin(String from, String to, long amount, boolean hold) implements Step {}

    /** Ends one of the holds: a share of it, in percent, is posted and the rest given back. */
    record End(int which, int share) implements Step {}

    /** Posts a share of one of the holds, which goes on. */
    record Capture(int which, int share) implements Step {}
  }

  private static Dialect dialect;

  @BeforeContainer
  static void openAccounts() throws SQLException {
    dialect = new Dialect(DATABASE);
    Flyway.configure()
        .dataSource(DATABASE)
        .locations("classpath:db/migration/common", "classpath:db/migration/h2")
        .load()
        .migrate();
    var jdbc = new JdbcTemplate(DATABASE);
    jdbc.update(
        "insert into merchants (id, name, created_at) values (?, 'm', current_timestamp)",
        MERCHANT);
    ACCOUNTS.forEach(
        (id, overdraft) ->
            jdbc.update(
                """
                insert into accounts (merchant_id, id, currency, kind, overdraft_limit, metadata,
                                      posted, pending_out, pending_in, entry_count, created_at)
                values (?, ?, 'EUR', ?, ?, '{}', 0, 0, 0, 0, current_timestamp)
                """,
                MERCHANT,
                id,
                id.length() > 1 ? "external" : "standard",
                overdraft));
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<String> account = Arbitraries.of(ACCOUNTS.keySet().stream().sorted().toList());
    Arbitrary<Long> amount =
        Arbitraries.oneOf(
            Arbitraries.longs().between(1, Money.MAX_AMOUNT),
            Arbitraries.longs().between(1, 2_000),
            Arbitraries.of(Money.MAX_AMOUNT, Money.MAX_AMOUNT - 1, Money.MAX_AMOUNT / 2));
    Arbitrary<Step> begin =
        Combinators.combine(account, account, amount, Arbitraries.of(true, false))
            .as(Step.Begin::new);
    Arbitrary<Integer> which = Arbitraries.integers().between(0, 20);
    Arbitrary<Integer> share = Arbitraries.integers().between(0, 100);
    return Arbitraries.oneOf(
            begin,
            begin,
            Combinators.combine(which, share).as(Step.End::new),
            Combinators.combine(which, share).as(Step.Capture::new))
        .list()
        .ofMaxSize(40);
  }

  @Property(tries = 1_000)
  void noAllowedOrderTakesABalanceOutOfItsRange(@ForAll("steps") List<Step> steps) {
    var books = new Books(new BooksSql(dialect), false);
    books.lock(
        new JdbcTemplate(DATABASE),
        ACCOUNTS.keySet().stream()
            .map(account -> new AccountKey(MERCHANT, account))
            .collect(Collectors.toSet()));
    var holds = new ArrayList<TransferOrder>();
    for (Step step : steps) {
      carryOut(books, holds, step);
      ACCOUNTS.keySet().forEach(account -> inRange(books, account));
    }
    while (!holds.isEmpty()) {
      carryOut(books, holds, new Step.End(0, 100));
      ACCOUNTS.keySet().forEach(account -> inRange(books, account));
    }
  }

  private static void carryOut(Books books, List<TransferOrder> holds, Step step) {
    switch (step) {
      case Step.Begin(String from, String to, long amount, boolean hold) -> {
        TransferOrder order = order(from, to, amount, null);
        if (books.refusal(order).isPresent()) {
          return;
        }
        if (hold) {
          books.hold(order, NOW, null);
          holds.add(order);
        } else {
          books.move(order, NOW);
        }
      }
      case Step.End(int which, int share) when !holds.isEmpty() -> {
        TransferOrder order = holds.remove(which % holds.size());
        long part = part(order, share);
        if (part == 0) {
          books.release(MERCHANT, order.id(), NOW);
        } else {
          books.postPart(MERCHANT, order.id(), part, NOW);
        }
      }
      case Step.Capture(int which, int share) when !holds.isEmpty() -> {
        int index = which % holds.size();
        TransferOrder order = holds.get(index);
        long part = part(order, share);
        if (part > 0 && part < order.money().amount()) {
          books.capture(order.id(), order(order.from(), order.to(), part, order.id()), NOW);
          holds.set(index, order.withAmount(order.money().amount() - part));
        }
      }
      case Step.End _, Step.Capture _ -> {}
    }
  }

  private static long part(TransferOrder order, int share) {
    long amount = order.money().amount();
    return amount / 100 * share + amount % 100 * share / 100;
  }

  private static TransferOrder order(String from, String to, long amount, @Nullable UUID payment) {
    return new TransferOrder(
        MERCHANT, UUID.randomUUID(), from, to, new Money(amount, "EUR"), payment, null, "{}");
  }

  private static void inRange(Books books, String account) {
    Balances balances = books.balances(MERCHANT, account).orElseThrow();
    assertThat(balances.posted()).isBetween(-Money.MAX_AMOUNT, Money.MAX_AMOUNT);
    assertThat(balances.pendingOut()).isBetween(0L, Money.MAX_AMOUNT);
    assertThat(balances.pendingIn()).isBetween(0L, Money.MAX_AMOUNT);
    assertThat(balances.posted() - balances.pendingOut()).isGreaterThanOrEqualTo(-Money.MAX_AMOUNT);
    assertThat(balances.posted() + balances.pendingIn()).isLessThanOrEqualTo(Money.MAX_AMOUNT);
    if (ACCOUNTS.get(account) > 0 || account.length() == 1) {
      assertThat(balances.available()).isBetween(0L, Money.MAX_AMOUNT);
    }
  }
}
