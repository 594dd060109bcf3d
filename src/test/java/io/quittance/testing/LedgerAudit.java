package io.quittance.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.analytics.payment.PanesAudit;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The proof at the end of every test of load or faults: the books are right. */
public final class LedgerAudit {

  /** Counts what must not be. */
  private record Check(String of, String sql) {}

  private static final List<Check> CHECKS =
      List.of(
          new Check("all balances together", "select coalesce(sum(posted), 0) from accounts"),
          new Check(
              "accounts whose balance is not the sum of their entries, or with a gap in them",
              """
              select count(*) from accounts a left join
                  (select merchant_id, account_id, sum(amount) as total, count(*) as entries,
                          max(number) as newest
                     from entries group by merchant_id, account_id) e
                  on e.merchant_id = a.merchant_id and e.account_id = a.id
               where a.posted <> coalesce(e.total, 0)
                  or a.entry_count <> coalesce(e.entries, 0)
                  or a.entry_count <> coalesce(e.newest, 0)
              """),
          new Check(
              "accounts whose pending sums are not those of their holds",
              """
              select count(*) from accounts a
                where a.pending_out <> coalesce((select sum(t.amount) from transfers t
                        where t.merchant_id = a.merchant_id and t.from_account = a.id
                          and t.state = 'pending'), 0)
                   or a.pending_in <> coalesce((select sum(t.amount) from transfers t
                        where t.merchant_id = a.merchant_id and t.to_account = a.id
                          and t.state = 'pending'), 0)
              """),
          new Check(
              "payments that hold funds and should not, or should and do not",
              """
              select count(*) from payments p left join transfers t
                  on t.merchant_id = p.merchant_id and t.id = p.hold_id and t.state = 'pending'
               where (t.id is not null) <> (p.status in ('processing', 'in_review', 'authorized'))
                  or t.amount <> p.amount - p.amount_captured
              """),
          new Check(
              "holds of no payment",
              """
              select count(*) from transfers t left join payments p
                  on p.merchant_id = t.merchant_id and p.id = t.payment_id and p.hold_id = t.id
               where t.state = 'pending' and p.id is null
              """),
          new Check(
              "payments that say other sums than their posted transfers",
              """
              select count(*) from payments p left join
                  (select t.merchant_id, t.payment_id,
                          sum(case when t.from_account = q.payer and t.to_account = q.payee
                              then t.amount else 0 end) as captured,
                          sum(case when t.from_account = q.payee and t.to_account = q.payer
                              then t.amount else 0 end) as refunded,
                          sum(t.amount) as total
                     from transfers t join payments q
                       on q.merchant_id = t.merchant_id and q.id = t.payment_id
                    where t.state = 'posted' group by t.merchant_id, t.payment_id) s
                  on s.merchant_id = p.merchant_id and s.payment_id = p.id
               where p.amount_captured <> coalesce(s.captured, 0)
                  or p.amount_refunded <> coalesce(s.refunded, 0)
                  or p.amount_captured + p.amount_refunded <> coalesce(s.total, 0)
              """),
          new Check(
              "posted transfers of payments that do not exist",
              """
              select count(*) from transfers t left join payments p
                  on p.merchant_id = t.merchant_id and p.id = t.payment_id
               where t.payment_id is not null and p.id is null
              """),
          new Check(
              "payments with a gap in their events",
              """
              select count(*) from payments p left join
                  (select merchant_id, payment_id, count(distinct sequence) as numbers,
                          count(*) as events, min(sequence) as first, max(sequence) as newest
                     from events group by merchant_id, payment_id) e
                  on e.merchant_id = p.merchant_id and e.payment_id = p.id
               where p.event_count <> coalesce(e.events, 0)
                  or p.event_count <> coalesce(e.numbers, 0)
                  or p.event_count <> coalesce(e.newest, 0)
                  or coalesce(e.first, 1) <> 1
                  or (p.status <> 'processing' and e.events is null)
              """));

  private final JdbcClient jdbc;
  private final PanesAudit panes;

  public LedgerAudit(Postgres.Database database) {
    this.jdbc = JdbcClient.create(database.dataSource());
    this.panes = new PanesAudit(database.dataSource());
  }

  /**
   * Debits equal credits, balances equal entries, payments equal their transfers and holds, and
   * what panes say of them.
   */
  public void passes() {
    assertThat(violations()).isEmpty();
  }

  /** What is wrong with the books, in words; empty if nothing is. */
  public List<String> violations() {
    return Stream.concat(
            CHECKS.stream()
                .filter(check -> number(check.sql()) != 0)
                .map(check -> "%s: %d".formatted(check.of(), number(check.sql()))),
            panes.violations().stream())
        .toList();
  }

  /** A single text of the database. */
  public String text(String sql) {
    return jdbc.sql(sql).query(String.class).single();
  }

  public long number(String sql) {
    return jdbc.sql(sql).query(Long.class).single();
  }
}
