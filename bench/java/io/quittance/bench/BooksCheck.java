package io.quittance.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What must be true of a database after any load: no money lost, made, held or paid twice. */
final class BooksCheck {

  private final Connection connection;
  private final List<String> faults = new ArrayList<>();

  private BooksCheck(Connection connection) {
    this.connection = connection;
  }

  /** Returns what is wrong; nothing, if all is well. */
  static List<String> run(Connection connection, long acknowledged) throws SQLException {
    var check = new BooksCheck(connection);
    check.expect("all balances together", 0, "select coalesce(sum(posted), 0) from accounts");
    check.expect(
        "accounts whose balance or count is not that of their entries",
        0,
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
    check.expect(
        "accounts with money still held",
        0,
        "select count(*) from accounts where pending_out <> 0 or pending_in <> 0");
    check.expect("payments", acknowledged, "select count(*) from payments");
    check.expect(
        "succeeded payments",
        acknowledged,
        "select count(*) from payments where status = 'succeeded'");
    check.expect(
        "payments with a posted transfer of the same amount",
        acknowledged,
        """
        select count(*) from payments p join transfers t
            on t.merchant_id = p.merchant_id and t.id = p.hold_id and t.payment_id = p.id
         where t.state = 'posted' and t.amount = p.amount
           and t.from_account = p.payer and t.to_account = p.payee
        """);
    check.expect(
        "keys, each for a payment of its own",
        acknowledged,
        """
        select count(distinct k.idempotency_key) from idempotency_keys k join payments p
            on p.merchant_id = k.merchant_id and p.id = k.object_id
        """);
    check.expect(
        "payments that a key stands for",
        acknowledged,
        """
        select count(distinct p.id) from idempotency_keys k join payments p
            on p.merchant_id = k.merchant_id and p.id = k.object_id
        """);
    check.expect(
        "events, one for each payment",
        acknowledged,
        "select count(distinct payment_id) from events where type = 'payment.succeeded'");
    return check.faults;
  }

  private void expect(String what, long expected, String sql) throws SQLException {
    long found = Database.number(connection, sql);
    if (found != expected) {
      faults.add("%s: expected %d, found %d".formatted(what, expected, found));
    }
  }
}
