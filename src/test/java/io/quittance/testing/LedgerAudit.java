package io.quittance.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.springframework.jdbc.core.simple.JdbcClient;

/** The proof at the end of every test of load or faults: the books are right. */
public final class LedgerAudit {

  private final JdbcClient jdbc;

  public LedgerAudit(Postgres.Database database) {
    this.jdbc = JdbcClient.create(database.dataSource());
  }

  /** Debits equal credits, balances equal entries, and nothing is held by nobody. */
  public void passes() {
    assertThat(number("select coalesce(sum(posted), 0) from accounts"))
        .as("all balances together")
        .isZero();
    assertThat(
            number(
                """
                select count(*) from accounts a
                 where a.posted <> coalesce((select sum(e.amount) from entries e
                         where e.merchant_id = a.merchant_id and e.account_id = a.id), 0)
                """))
        .as("accounts whose balance is not the sum of their entries")
        .isZero();
    assertThat(
            number(
                """
                select count(*) from accounts a
                 where a.entry_count <> (select count(*) from entries e
                         where e.merchant_id = a.merchant_id and e.account_id = a.id)
                """))
        .as("accounts with a gap in their entries")
        .isZero();
    assertThat(
            number(
                """
                select count(*) from accounts a
                 where a.pending_out <> coalesce((select sum(t.amount) from transfers t
                         where t.merchant_id = a.merchant_id and t.from_account = a.id
                           and t.state = 'pending'), 0)
                    or a.pending_in <> coalesce((select sum(t.amount) from transfers t
                         where t.merchant_id = a.merchant_id and t.to_account = a.id
                           and t.state = 'pending'), 0)
                """))
        .as("accounts whose pending sums are not those of their holds")
        .isZero();
    assertThat(
            number(
                """
                select count(*) from payments p join transfers t
                    on t.merchant_id = p.merchant_id and t.id = p.hold_id
                 where (t.state = 'pending') <> (p.status in ('processing', 'in_review', 'authorized'))
                    or (t.state = 'posted') <> (p.status = 'succeeded')
                """))
        .as("payments whose hold tells another story")
        .isZero();
  }

  public long number(String sql) {
    return jdbc.sql(sql).query(Long.class).single();
  }
}
