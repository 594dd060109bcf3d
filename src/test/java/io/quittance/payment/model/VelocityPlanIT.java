package io.quittance.payment.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.journal.Dialect;
import io.quittance.testing.Postgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a payer has done lately is looked up in the payer's payments of that time. */
class VelocityPlanIT {

  private static final int PAYMENTS = 100_000;
  private static final int PAYERS = 13;
  private static final UUID MERCHANT = UUID.randomUUID();

  /** Without statistics, PostgreSQL takes one index for another that begins alike. */
  @ParameterizedTest(name = "analyzed: {0}")
  @ValueSource(booleans = {true, false})
  void readsTheWindowHoweverManyPaymentsThereAre(boolean analyzed) throws SQLException {
    Postgres.Database database = Postgres.create().migrated();
    var jdbc = JdbcClient.create(database.dataSource());
    jdbc.sql("alter table payments set (autovacuum_enabled = false)").update();
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
        .params(MERCHANT, PAYERS, PAYMENTS)
        .update();
    if (analyzed) {
      jdbc.sql("analyze payments").update();
    }

    assertThat(plan(database)).contains("payments_by_payer").doesNotContain("Seq Scan on payments");
  }

  private static String plan(Postgres.Database database) throws SQLException {
    var columns = new Object[7][PAYERS];
    for (int i = 0; i < PAYERS; i++) {
      columns[0][i] = i;
      columns[1][i] = MERCHANT;
      columns[2][i] = "p" + i;
      columns[3][i] = 60;
      columns[5][i] = "9999-12-31T00:00:00Z";
      columns[6][i] = new UUID(-1, -1);
    }
    var plan = new StringBuilder();
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "explain (analyze) "
                    + PayerPastsSql.onPostgres(new Dialect(database.dataSource())))) {
      String[] types = {"integer", "uuid", "varchar", "integer", "varchar", "varchar", "uuid"};
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
