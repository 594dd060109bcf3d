package io.quittance.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What must be true of a database after any load: no money lost, made or moved twice, nothing held
 * but for authorizations, and every acknowledged operation there exactly once.
 */
final class BooksCheck {

  private final Connection connection;
  private final List<String> faults = new ArrayList<>();

  private BooksCheck(Connection connection) {
    this.connection = connection;
  }

  /** Returns what is wrong; nothing, if all is well. */
  static List<String> run(Connection connection, Tally acknowledged) throws SQLException {
    var check = new BooksCheck(connection);
    check.accounts();
    check.payments();
    check.movements();
    check.acknowledged(acknowledged);
    if (acknowledged.exact()) {
      check.sums(acknowledged);
    }
    return check.faults;
  }

  private void accounts() throws SQLException {
    none("all balances together", "select coalesce(sum(posted), 0) from accounts");
    none(
        "accounts whose balance or count is not that of their entries",
        """
        select count(*) from accounts a
          left join (select merchant_id, account_id, sum(amount) as total, count(*) as entries,
                            max(number) as last, count(distinct number) as numbers
                       from entries group by merchant_id, account_id) e
            on e.merchant_id = a.merchant_id and e.account_id = a.id
         where a.posted <> coalesce(e.total, 0)
            or a.entry_count <> coalesce(e.entries, 0)
            or a.entry_count <> coalesce(e.last, 0)
            or a.entry_count <> coalesce(e.numbers, 0)
        """);
    none(
        "accounts whose pending sums are not those of their holds",
        """
        select count(*) from accounts a
          left join (select merchant_id, account, sum(outgoing) as outgoing, sum(incoming) as incoming
                       from (select merchant_id, from_account as account, amount as outgoing,
                                    0 as incoming from transfers where state = 'pending'
                             union all
                             select merchant_id, to_account, 0, amount
                               from transfers where state = 'pending') sides
                      group by merchant_id, account) h
            on h.merchant_id = a.merchant_id and h.account = a.id
         where a.pending_out <> coalesce(h.outgoing, 0) or a.pending_in <> coalesce(h.incoming, 0)
        """);
  }

  private void payments() throws SQLException {
    none(
        "payments whose hold is not what is left to capture",
        """
        select count(*) from payments p
          left join transfers t on t.merchant_id = p.merchant_id and t.id = p.hold_id
         where t.payment_id is distinct from p.id
            or (p.status = 'authorized') <> (t.state = 'pending')
            or (t.state = 'pending' and t.amount <> p.amount - p.amount_captured)
        """);
    none(
        "holds of no payment",
        """
        select count(*) from transfers t
          left join payments p
            on p.merchant_id = t.merchant_id and p.id = t.payment_id and p.hold_id = t.id
         where t.state = 'pending' and p.id is null
        """);
    none(
        "payments that say other sums than their posted transfers",
        """
        select count(*) from payments p
          left join (select t.merchant_id, t.payment_id,
                            sum(t.amount) filter (where t.from_account = q.payer
                              and t.to_account = q.payee) as captured,
                            sum(t.amount) filter (where t.from_account = q.payee
                              and t.to_account = q.payer) as refunded,
                            sum(t.amount) as total
                       from transfers t
                       join payments q on q.merchant_id = t.merchant_id and q.id = t.payment_id
                      where t.state = 'posted' group by t.merchant_id, t.payment_id) s
            on s.merchant_id = p.merchant_id and s.payment_id = p.id
         where p.amount_captured <> coalesce(s.captured, 0)
            or p.amount_refunded <> coalesce(s.refunded, 0)
            or p.amount_captured + p.amount_refunded <> coalesce(s.total, 0)
        """);
    none(
        "payments with a gap in their events",
        """
        select count(*) from payments p
          left join (select merchant_id, payment_id, count(*) as events, min(sequence) as first,
                            max(sequence) as last, count(distinct sequence) as numbers
                       from events group by merchant_id, payment_id) e
            on e.merchant_id = p.merchant_id and e.payment_id = p.id
         where p.event_count <> coalesce(e.events, 0) or p.event_count <> e.last
            or p.event_count <> e.numbers or e.first <> 1
        """);
  }

  private void movements() throws SQLException {
    none(
        "payments whose captures do not come to what was captured",
        """
        select count(*) from payments p
          left join (select merchant_id, payment_id, sum(amount) as total,
                            count(*) filter (where is_final) as last
                       from captures group by merchant_id, payment_id) c
            on c.merchant_id = p.merchant_id and c.payment_id = p.id
         where coalesce(c.total, 0) <>
                 case p.capture_method when 'manual' then p.amount_captured else 0 end
            or coalesce(c.last, 0) <>
                 case when p.capture_method = 'manual' and p.status = 'succeeded' then 1 else 0 end
        """);
    none(
        "payments whose refunds do not come to what was refunded",
        """
        select count(*) from payments p
          left join (select merchant_id, payment_id, sum(amount) as total
                       from refunds group by merchant_id, payment_id) r
            on r.merchant_id = p.merchant_id and r.payment_id = p.id
         where p.amount_refunded <> coalesce(r.total, 0)
        """);
    none(
        "captures and refunds without a posted transfer of their own, of the same amount",
        """
        select count(*) - count(distinct t.id)
          from (select merchant_id, payment_id, transfer_id, amount from captures
                union all
                select merchant_id, payment_id, transfer_id, amount from refunds) m
          left join transfers t
            on t.merchant_id = m.merchant_id and t.id = m.transfer_id
           and t.payment_id = m.payment_id and t.state = 'posted' and t.amount = m.amount
        """);
  }

  private void acknowledged(Tally tally) throws SQLException {
    long payments = tally.count(Kind.PAYMENT, Kind.AUTHORIZATION);
    long captures = tally.count(Kind.PART_CAPTURE, Kind.CAPTURE);
    long succeeded = tally.count(Kind.PAYMENT, Kind.CAPTURE);
    long refunds = tally.count(Kind.REFUND);
    expect("payments", payments, "select count(*) from payments");
    expect("succeeded payments", succeeded, count("payments", "status = 'succeeded'"));
    expect("authorized payments", payments - succeeded, count("payments", "status = 'authorized'"));
    expect("captures", captures, "select count(*) from captures");
    expect("captures that ended a hold", tally.count(Kind.CAPTURE), count("captures", "is_final"));
    expect("refunds", refunds, "select count(*) from refunds");
    keys("payments", payments, "POST /v1/payments");
    keys("captures", captures, "capture %");
    keys("refunds", refunds, "refund %");
    expect("success told", succeeded, count("events", "type = 'payment.succeeded'"));
    expect(
        "authorizations told",
        tally.count(Kind.AUTHORIZATION),
        count("events", "type = 'payment.authorized'"));
    expect("captures told", captures, count("events", "type = 'payment.captured'"));
    expect("refunds told", refunds, count("events", "type = 'refund.succeeded'"));
  }

  /** Each of these rows has one key, and each key stands for a row of its own. */
  private void keys(String table, long expected, String operation) throws SQLException {
    for (String counted : List.of("k.idempotency_key", "o.id")) {
      expect(
          "keys of %s, by %s".formatted(table, counted),
          expected,
          """
          select count(distinct %s) from idempotency_keys k
            join %s o on o.merchant_id = k.merchant_id and o.id = k.object_id
           where k.operation like '%s'
          """
              .formatted(counted, table, operation));
    }
  }

  private void sums(Tally tally) throws SQLException {
    long captured = tally.amount(Kind.PART_CAPTURE, Kind.CAPTURE);
    expect(
        "money of payments",
        tally.amount(Kind.PAYMENT, Kind.AUTHORIZATION),
        "select coalesce(sum(amount), 0) from payments");
    expect(
        "money captured, by payments",
        tally.amount(Kind.PAYMENT) + captured,
        "select coalesce(sum(amount_captured), 0) from payments");
    expect("money captured", captured, "select coalesce(sum(amount), 0) from captures");
    expect(
        "money refunded",
        tally.amount(Kind.REFUND),
        "select coalesce(sum(amount), 0) from refunds");
    expect(
        "the sum of the keys",
        tally.keys(),
        """
        select coalesce(sum(('x' || right(idempotency_key, 8))::bit(32)::bigint), 0)
          from idempotency_keys
         where operation = 'POST /v1/payments' or operation like 'capture %'
            or operation like 'refund %'
        """);
  }

  private static String count(String table, String condition) {
    return "select count(*) from " + table + " where " + condition;
  }

  private void none(String what, String sql) throws SQLException {
    expect(what, 0, sql);
  }

  private void expect(String what, long expected, String sql) throws SQLException {
    long found = Database.number(connection, sql);
    if (found != expected) {
      faults.add("%s: expected %d, found %d".formatted(what, expected, found));
    }
  }
}
