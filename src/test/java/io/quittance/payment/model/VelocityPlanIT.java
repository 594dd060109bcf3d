package io.quittance.payment.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.database.Dialect;
import io.quittance.fraud.PayerHistory.Totals;
import io.quittance.fraud.Window;
import io.quittance.payment.model.PayerPasts.Counted;
import io.quittance.payment.model.PayerPasts.Past;
import io.quittance.testing.Postgres;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a payer has done lately is looked up in the payer's payments of that time. */
@Tag("side-by-side")
class VelocityPlanIT {

  private static final int PAYMENTS = 100_000;
  private static final int PAYERS = 13;
  private static final int COUNTED_MAX = 5;
  private static final UUID MERCHANT = UUID.randomUUID();

  /** Without statistics, PostgreSQL takes one index for another that begins alike. */
  @ParameterizedTest(name = "analyzed: {0}")
  @ValueSource(booleans = {true, false})
  void readsTheWindowHoweverManyPaymentsThereAre(boolean analyzed) throws SQLException {
    Postgres.Database database = Postgres.create().migrated();
    var jdbc = JdbcClient.create(database.dataSource());
    jdbc.sql("alter table payments set (autovacuum_enabled = false)").update();
    addPayments(jdbc, PAYMENTS);
    if (analyzed) {
      jdbc.sql("analyze payments").update();
    }

    for (int readMax : new int[] {PayerPastsSql.ALL, 1_000}) {
      assertThat(plan(database, 60, null, readMax))
          .contains("payments_by_payer")
          .doesNotContain("Seq Scan on payments");
    }
    // Each payer has some 7,692 payments in that window.
    assertThat(rowsRead(plan(database, 1_000_000, COUNTED_MAX, PayerPastsSql.ALL)))
        .isEqualTo(COUNTED_MAX);
    assertThat(rowsRead(plan(database, 1_000_000, COUNTED_MAX, 1_000))).isEqualTo(COUNTED_MAX);
    assertThat(rowsRead(plan(database, 1_000_000, null, 1_000))).isEqualTo(1_001);
  }

  /** How many rows of the index each payer's look-up read, on average. */
  private static int rowsRead(String plan) {
    return plan.lines()
        .filter(line -> line.contains("payments_by_payer"))
        .map(Pattern.compile("actual time=\\S+ rows=([0-9]+)")::matcher)
        .filter(Matcher::find)
        .mapToInt(rows -> Integer.parseInt(rows.group(1)))
        .sum();
  }

  /** Nobody asks how many more there are than the rule allows. */
  @Test
  void countsNoMorePaymentsThanTheRuleAsksFor() throws SQLException {
    Postgres.Database database = Postgres.create().migrated();
    addPayments(JdbcClient.create(database.dataSource()), 100);
    var dialect = new Dialect(database.dataSource());
    Past some = past(new Window(3_600, null, COUNTED_MAX));
    Past few = past(new Window(3_600, null, 1_000));
    Past money = past(new Window(3_600, "EUR", null));

    var found =
        PayerPastsSql.find(
            new JdbcTemplate(database.dataSource()),
            dialect,
            List.of(some, few, money),
            PayerPastsSql.ALL);

    assertThat(found.get(some).totals().count()).isEqualTo(COUNTED_MAX);
    assertThat(found.get(some).cut()).isFalse();
    assertThat(found.get(few)).isEqualTo(all(8));
    assertThat(found.get(money)).isEqualTo(all(8));
  }

  private static Counted all(int payments) {
    return new Counted(new Totals(payments, BigInteger.valueOf(payments * 100L)), false);
  }

  /**
   * Those that do not count are read, too: failed ones, and those in another currency. The limit is
   * that of the payer, however many windows it is asked about.
   */
  @Test
  void readsNoMorePaymentsThanOthersCanWaitFor() throws SQLException {
    Postgres.Database database = Postgres.create().migrated();
    var jdbc = JdbcClient.create(database.dataSource());
    addPayments(jdbc, 100);
    var dialect = new Dialect(database.dataSource());
    Past dollars = past(new Window(3_600, "USD", null));
    Past enough = past(new Window(3_600, null, 4));
    Past money = past(new Window(3_600, "EUR", null));
    List<Past> pasts = List.of(dollars, enough, money);
    var template = new JdbcTemplate(database.dataSource());
    int seven = 8 * pasts.size() - 1;
    int eight = 8 * pasts.size();

    var atMostSeven = PayerPastsSql.find(template, dialect, pasts, seven);
    assertThat(atMostSeven.get(dollars).cut()).isTrue();
    assertThat(atMostSeven.get(money).cut()).isTrue();
    assertThat(atMostSeven.get(enough))
        .isEqualTo(new Counted(new Totals(4, BigInteger.valueOf(400)), false));

    var atMostEight = PayerPastsSql.find(template, dialect, pasts, eight);
    assertThat(atMostEight.get(dollars)).isEqualTo(all(0));
    assertThat(atMostEight.get(money)).isEqualTo(all(8));

    jdbc.sql("update payments set status = 'failed'").update();
    assertThat(PayerPastsSql.find(template, dialect, pasts, seven).get(enough).cut()).isTrue();
    assertThat(PayerPastsSql.find(template, dialect, pasts, eight).get(enough)).isEqualTo(all(0));
  }

  private static Past past(Window window) {
    return new Past(
        MERCHANT, "p1", window, Instant.parse("9999-12-31T00:00:00Z"), new UUID(-1, -1));
  }

  private static void addPayments(JdbcClient jdbc, int count) {
    jdbc.sql(
            """
            insert into payments (merchant_id, id, status, amount, currency, payer, payee,
                                  capture_method, amount_captured, amount_refunded, metadata,
                                  granted_ms, used_ms, hold_seconds, event_count, created_at,
                                  resolves_by)
            select ?, gen_random_uuid(), 'succeeded', 100, 'EUR', 'p' || i % ?, 'shop', 'automatic',
                   100, 0, '{}', 2000, 3, 0, 1, now() - i * interval '1 s', now()
              from generate_series(1, ?) i
            """)
        .params(MERCHANT, PAYERS, count)
        .update();
  }

  private static String plan(
      Postgres.Database database, int seconds, @Nullable Integer countedMax, int readMax)
      throws SQLException {
    var columns = new Object[9][PAYERS];
    for (int i = 0; i < PAYERS; i++) {
      columns[0][i] = i;
      columns[1][i] = MERCHANT;
      columns[2][i] = "p" + i;
      columns[3][i] = seconds;
      columns[5][i] = "9999-12-31T00:00:00Z";
      columns[6][i] = new UUID(-1, -1);
      columns[7][i] = countedMax;
      columns[8][i] = readMax;
    }
    var plan = new StringBuilder();
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "explain (analyze) "
                    + PayerPastsSql.onPostgres(new Dialect(database.dataSource()), readMax))) {
      String[] types = {
        "integer", "uuid", "varchar", "integer", "varchar", "varchar", "uuid", "integer", "integer"
      };
      for (int i = 0; i < types.length; i++) {
        statement.setArray(i + 1, connection.createArrayOf(types[i], columns[i]));
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          plan.append(rows.getString(1)).append('\n');
        }
      }
    }
    return plan.toString();
  }
}
