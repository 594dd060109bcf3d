package io.quittance.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Fills a database that the service has migrated with accounts, payments, transfers and events of
 * the last 90 days, set by set, with books that are right. Merchants come from the service; the
 * first one has most of the payments, and each has accounts {@code a00000} and up. Who is who:
 *
 * <ul>
 *   <li>{@value #HOT_PAYEE} is paid by every fifth payment, {@value #HOT_PAYER} pays every tenth,
 *       and {@value #RARE_PAYER} pays about five times in all;
 *   <li>3 % are in USD and 0.05 % in CHF, between accounts {@code usd…} and {@code chf…};
 *   <li>amounts are 1 to 1000 euros, and one of 20 000 is above 10 000 euros;
 *   <li>open payments are of the last six days, so that no hold has expired.
 * </ul>
 */
final class Population {

  static final String HOT_PAYEE = "a00000";
  static final String HOT_PAYER = "a00001";
  static final String RARE_PAYER = "a00002";

  /**
   * A merchant's part of it all.
   *
   * @param share of the payments, 0 to 1; all shares make 1
   * @param accounts in EUR, 100 to 100 000
   */
  record Crowd(UUID merchant, double share, int accounts) {}

  /** Payments that share their instant, as those of a batch do. */
  private static final int PAYMENTS_PER_INSTANT = 8;

  private static final String CROWDS =
      """
      create temp table crowd (merchant_id uuid, share_from float, share_to float, accounts int)
      """;

  private static final String ACCOUNTS =
      """
      insert into accounts (merchant_id, id, currency, kind, overdraft_limit, metadata, posted,
          pending_out, pending_in, entry_count, created_at)
      select c.merchant_id, a.id, a.currency, a.kind, 0, '{}', 0, 0, 0, 0,
             now() - interval '91 days' + a.n * interval '1 ms'
        from crowd c
       cross join lateral (
          select 'a' || lpad(n::text, 5, '0') as id, 'EUR' as currency, 'standard' as kind, n
            from generate_series(0, c.accounts - 1) n
          union all
          select 'usd' || n, 'USD', 'standard', n from generate_series(0, 99) n
          union all
          select 'chf' || n, 'CHF', 'standard', n from generate_series(0, 9) n
          union all
          select 'world.' || lower(w), w, 'external', 0 from unnest(array['EUR', 'USD', 'CHF']) w) a
      """;

  /** What chance has decided, and nothing that follows from it. */
  private static final String CHANCE =
      """
      create temp table chance as
      select i, random() as merchant, random() as currency, random() as payer, random() as payee,
             random() as payer_at, random() as payee_at, random() as amount, random() as big,
             random() as status
        from generate_series(1, %1$d) i
      """;

  private static final String DRAFT =
      """
      create temp table draft as
      with placed as (
        select r.*, c.merchant_id, c.accounts, c.share_from = 0 as first,
               now() - interval '90 days'
                 + (i / %2$d) * (interval '90 days' - interval '1 minute') / (%1$d / %2$d)
                 as created_at,
               case when r.currency < 0.0005 then 'CHF' when r.currency < 0.03 then 'USD'
                    else 'EUR' end as code,
               i > %1$d * 84 / 90 as recent
          from chance r join crowd c on r.merchant >= c.share_from and r.merchant < c.share_to),
      numbered as (
        select p.*,
               case when code <> 'EUR' then 10 when payer < 0.1 then 1
                    else 10 + floor(payer_at * (accounts - 10)) end::int as payer_n,
               case when code <> 'EUR' then 10 when payee < 0.2 then 0
                    else 10 + floor(payee_at * (accounts - 10)) end::int as payee_n
          from placed p)
      select i, merchant_id, code as currency, created_at,
             uuidv7(created_at - clock_timestamp() - interval '5 ms') as id,
             uuidv7(created_at - clock_timestamp() - interval '5 ms') as hold_id,
             case when code = 'USD' then 'usd' || floor(payer_at * 50)
                  when code = 'CHF' then 'chf' || floor(payer_at * 5)
                  when first and i %% (%1$d / 6) = 7 then 'a00002'
                  else 'a' || lpad(payer_n::text, 5, '0') end as payer,
             case when code = 'USD' then 'usd' || 50 + floor(payee_at * 50)
                  when code = 'CHF' then 'chf' || 5 + floor(payee_at * 5)
                  else 'a' || lpad(case when payee_n = payer_n then 3 else payee_n end::text, 5, '0')
                  end as payee,
             case when big < 0.00005 then 1000000 + floor(amount * 800) * 5000
                  else 5 * ceil(20 * exp(amount * ln(1000))) end::bigint as amount,
             case when recent and status < 0.0015 then 'in_review'
                  when recent and status < 0.0300 then 'authorized'
                  when status < 0.0330 then 'failed'
                  when status < 0.0430 then 'canceled'
                  when status < 0.0480 then 'expired'
                  when status < 0.0730 then 'declined'
                  else 'succeeded' end as status
        from numbered
      """;

  /** Funds for every account, and the hold of every payment that has one. */
  private static final String MOVES =
      """
      create temp table move as
      select merchant_id, hold_id as id, payer as from_account, payee as to_account, amount,
             currency, id as payment_id, created_at,
             case when status in ('authorized', 'in_review') then null else created_at end as ended_at,
             case status when 'succeeded' then 'posted' when 'expired' then 'expired'
                         when 'authorized' then 'pending' when 'in_review' then 'pending'
                         else 'voided' end as state
        from draft
       where not (status = 'declined' and i % 2 = 0)
      union all
      select merchant_id, uuidv7(created_at - clock_timestamp()), 'world.' || lower(currency), id,
             10000000000, currency, null, created_at, created_at, 'posted'
        from accounts where kind = 'standard'
      """;

  private static final String SIDES =
      """
      create temp table side as
      select merchant_id, account, id, amount, row_number() over w as number,
             sum(amount) over w as balance_after
        from (select merchant_id, from_account as account, id, -amount as amount, ended_at
                from move where state = 'posted'
              union all
              select merchant_id, to_account, id, amount, ended_at
                from move where state = 'posted') s
      window w as (partition by merchant_id, account order by ended_at, id
                   rows unbounded preceding)
      """;

  private static final String TRANSFERS =
      """
      insert into transfers (merchant_id, id, from_account, to_account, amount, currency, state,
          payment_id, metadata, created_at, expires_at, ended_at, from_entry, to_entry,
          from_balance_after, to_balance_after)
      select m.merchant_id, m.id, m.from_account, m.to_account, m.amount, m.currency, m.state,
             m.payment_id, '{}', m.created_at,
             case when m.state = 'pending' then m.created_at + interval '7 days' end, m.ended_at,
             f.number, t.number, f.balance_after, t.balance_after
        from move m
        left join side f on f.id = m.id and f.amount < 0
        left join side t on t.id = m.id and t.amount > 0
       order by m.created_at, m.id
      """;

  private static final String BALANCES =
      """
      update accounts a
         set posted = coalesce(s.posted, 0), entry_count = coalesce(s.entries, 0),
             pending_out = coalesce(o.held, 0), pending_in = coalesce(i.held, 0)
        from accounts k
        left join (select merchant_id, account, sum(amount) as posted, count(*) as entries
                     from side group by 1, 2) s
          on s.merchant_id = k.merchant_id and s.account = k.id
        left join (select merchant_id, from_account, sum(amount) as held
                     from move where state = 'pending' group by 1, 2) o
          on o.merchant_id = k.merchant_id and o.from_account = k.id
        left join (select merchant_id, to_account, sum(amount) as held
                     from move where state = 'pending' group by 1, 2) i
          on i.merchant_id = k.merchant_id and i.to_account = k.id
       where a.merchant_id = k.merchant_id and a.id = k.id
      """;

  private static final String PAYMENTS =
      """
      insert into payments (merchant_id, id, amount, currency, payer, payee, capture_method,
          reference, metadata, hold_id, hold_seconds, granted_ms, created_at, resolves_by, status,
          amount_captured, amount_refunded, fraud_decision, fraud_score, fraud_reasons, fraud_source,
          failure_code, failure_detail, answer_status, used_ms, event_count, authorized_at,
          captured_at, canceled_at, expires_at)
      select merchant_id, id, amount, currency, payer, payee,
             case when status in ('authorized', 'canceled', 'expired') then 'manual'
                  else 'automatic' end,
             case when i % 5 > 0 then 'order-' || i end, '{}',
             case when not (status = 'declined' and i % 2 = 0) then hold_id end, 604800, 2000,
             created_at, created_at + interval '7 s', status,
             case when status = 'succeeded' then amount else 0 end, 0,
             case when status = 'in_review' then 'review' when status = 'failed' then null
                  when status <> 'declined' then 'approve' when i % 2 = 1 then 'decline' end,
             case when status = 'declined' and i % 2 = 1 then 100 else 0 end, '', 'rules',
             case when status = 'failed' then 'deadline_exceeded' when status <> 'declined' then null
                  when i % 2 = 0 then 'insufficient_funds' else 'fraud_declined' end,
             case when status = 'failed' then 'The deadline has passed.'
                  when status = 'declined' then 'Declined.' end,
             case status when 'failed' then 504 when 'declined' then 402 when 'in_review' then 202
                         else 201 end, 12,
             case when status in ('canceled', 'expired') then 2 else 1 end,
             case when status in ('authorized', 'succeeded', 'canceled', 'expired') then created_at end,
             case when status = 'succeeded' then created_at end,
             case when status = 'canceled' then created_at end,
             case when status in ('authorized', 'in_review', 'expired')
                  then created_at + interval '7 days' end
        from draft order by i
      """;

  private static final String EVENTS =
      """
      insert into events (merchant_id, id, payment_id, sequence, type, created_at, data)
      select d.merchant_id, uuidv7(d.created_at - clock_timestamp()), d.id, e.sequence,
             'payment.' || e.status, d.created_at,
             '{"id":"pay_' || left(d.id::text, 26) || '","status":"' || e.status || '","amount":'
             || d.amount || ',"currency":"' || d.currency || '","payer":"' || d.payer
             || '","payee":"' || d.payee || '","capture_method":"automatic","amount_capturable":0,'
             || '"amount_captured":0,"amount_refunded":0,"reference":null,"description":null,'
             || '"metadata":{},"fraud":{"decision":"approve","score":0,"reasons":[],"source":"rules"},'
             || '"failure":null,"deadline":{"granted_ms":2000,"used_ms":12},"created_at":null,'
             || '"authorized_at":null,"captured_at":null,"canceled_at":null,"expires_at":null}'
        from draft d
       cross join lateral (
          select 1 as sequence,
                 case when d.status in ('canceled', 'expired') then 'authorized' else d.status end
                   as status
          union all
          select 2, d.status where d.status in ('canceled', 'expired')) e
       order by d.i, e.sequence
      """;

  private static final String KEYS =
      """
      insert into idempotency_keys (merchant_id, operation, idempotency_key, fingerprint, object_id,
          runs_until, created_at)
      select merchant_id, 'POST /v1/payments', gen_random_uuid(), repeat('f', 43), id,
             created_at + interval '7 s', created_at
        from draft where created_at > now() - interval '1 day'
      """;

  private final Connection connection;

  private Population(Connection connection) {
    this.connection = connection;
  }

  /** Fills in one transaction, always with the same chance, and gathers statistics. */
  static void fill(Connection connection, int payments, List<Crowd> crowds) throws SQLException {
    var population = new Population(connection);
    connection.setAutoCommit(false);
    population.run("set local synchronous_commit = off", "set local work_mem = '512MB'");
    population.run("select setseed(0.42)", CROWDS);
    population.insert(crowds);
    population.run(ACCOUNTS, CHANCE.formatted(payments));
    population.run(DRAFT.formatted(payments, PAYMENTS_PER_INSTANT), MOVES, SIDES, "analyze");
    population.run(TRANSFERS, BALANCES, PAYMENTS, EVENTS, KEYS);
    connection.commit();
    connection.setAutoCommit(true);
    population.run("vacuum analyze");
  }

  private void insert(List<Crowd> crowds) throws SQLException {
    double from = 0;
    try (var insert = connection.prepareStatement("insert into crowd values (?, ?, ?, ?)")) {
      for (Crowd crowd : crowds) {
        insert.setObject(1, crowd.merchant());
        insert.setDouble(2, from);
        from += crowd.share();
        insert.setDouble(3, crowd == crowds.getLast() ? 1 : from);
        insert.setInt(4, crowd.accounts());
        insert.executeUpdate();
      }
    }
  }

  private void run(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Returns what is wrong with the books and the payments; nothing, if all is well. */
  static List<String> faults(Connection connection) throws SQLException {
    var faults = new ArrayList<String>();
    expectNone(connection, faults, "a total", "select 1 from accounts having sum(posted) <> 0");
    expectNone(
        connection,
        faults,
        "an account that is not the sum of its entries",
        """
        select 1 from accounts a
          left join (select merchant_id, account_id, sum(amount) as total, count(*) as entries,
                            max(number) as last, count(distinct number) as numbers
                       from entries group by 1, 2) e
            on e.merchant_id = a.merchant_id and e.account_id = a.id
         where a.posted <> coalesce(e.total, 0) or a.entry_count <> coalesce(e.entries, 0)
            or a.entry_count <> coalesce(e.last, 0) or a.entry_count <> coalesce(e.numbers, 0)
        """);
    expectNone(
        connection,
        faults,
        "a balance after an entry that is not the sum so far",
        """
        select 1 from (
          select balance_after - sum(amount) over (partition by merchant_id, account_id
                   order by number rows unbounded preceding) as off from entries) e
         where off <> 0
        """);
    expectNone(
        connection,
        faults,
        "held money that is not that of the open holds",
        """
        select 1 from accounts a
          left join (select merchant_id, from_account as id, sum(amount) as held from transfers
                      where state = 'pending' group by 1, 2) o using (merchant_id, id)
          left join (select merchant_id, to_account as id, sum(amount) as held from transfers
                      where state = 'pending' group by 1, 2) i using (merchant_id, id)
         where a.pending_out <> coalesce(o.held, 0) or a.pending_in <> coalesce(i.held, 0)
        """);
    expectNone(
        connection,
        faults,
        "a payment whose hold tells another story",
        """
        select 1 from payments p join transfers t
            on t.merchant_id = p.merchant_id and t.id = p.hold_id
         where (t.state = 'pending') <> (p.status in ('processing', 'in_review', 'authorized'))
            or (t.state = 'posted') <> (p.status = 'succeeded')
            or t.amount <> p.amount or t.from_account <> p.payer or t.to_account <> p.payee
            or t.currency <> p.currency or t.payment_id <> p.id
        """);
    expectNone(
        connection,
        faults,
        "a payment without the events that it counts",
        """
        select 1 from payments p
          left join (select merchant_id, payment_id, count(*) as events from events group by 1, 2) e
            on e.merchant_id = p.merchant_id and e.payment_id = p.id
         where p.event_count <> coalesce(e.events, 0)
        """);
    return faults;
  }

  private static void expectNone(
      Connection connection, List<String> faults, String what, String sql) throws SQLException {
    long found = Database.number(connection, "select count(*) from (" + sql + ") wrong");
    if (found > 0) {
      faults.add("%d times %s".formatted(found, what));
    }
  }
}
