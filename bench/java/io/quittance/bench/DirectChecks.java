package io.quittance.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/** What the baseline locks, reads and refuses before it writes anything. */
final class DirectChecks {

  private static final long AMOUNT_LIMIT = 1_000_000;
  private static final long COUNT_LIMIT = 100_000;

  private static final String LOCK =
      """
      select id, currency, kind, overdraft_limit, posted, pending_out, pending_in, entry_count
        from accounts where merchant_id = ? and id in (?, ?) order by id for update
      """;

  private static final String VELOCITY =
      """
      select count(*), coalesce(sum(amount), 0) from payments
       where merchant_id = ? and payer = ?
         and created_at > current_timestamp - interval '60 seconds' and status <> 'failed'
      """;

  /** An account's balances, as read or as they are to be written. */
  record Account(
      String id,
      String currency,
      String kind,
      long overdraft,
      long posted,
      long out,
      long in,
      long entries) {

    private static Account read(ResultSet rs) throws SQLException {
      return new Account(
          rs.getString(1),
          rs.getString(2),
          rs.getString(3),
          rs.getLong(4),
          rs.getLong(5),
          rs.getLong(6),
          rs.getLong(7),
          rs.getLong(8));
    }

    Account entered(long amount) {
      return new Account(id, currency, kind, overdraft, posted + amount, out, in, entries + 1);
    }

    Account held(long moreOut, long moreIn) {
      return new Account(
          id, currency, kind, overdraft, posted, out + moreOut, in + moreIn, entries);
    }

    boolean canPay(long amount) {
      return kind.equals("external") || posted - out + overdraft >= amount;
    }
  }

  /** Both accounts of a payment, locked. */
  record Sides(Account payer, Account payee) {}

  private final UUID merchant;
  private final PreparedStatement lock;
  private final PreparedStatement velocity;

  DirectChecks(Connection connection, UUID merchant) throws SQLException {
    this.merchant = merchant;
    lock = connection.prepareStatement(LOCK);
    velocity = connection.prepareStatement(VELOCITY);
  }

  Sides lock(Order order) throws SQLException {
    String payer = Order.account(order.payer());
    String payee = Order.account(order.payee());
    Account from = null;
    Account to = null;
    lock.setObject(1, merchant);
    lock.setString(2, payer);
    lock.setString(3, payee);
    try (ResultSet rs = lock.executeQuery()) {
      while (rs.next()) {
        Account account = Account.read(rs);
        from = account.id().equals(payer) ? account : from;
        to = account.id().equals(payee) ? account : to;
      }
    }
    if (from == null
        || to == null
        || !from.currency().equals("EUR")
        || !to.currency().equals("EUR")) {
      throw new IllegalStateException("refused: " + order);
    }
    return new Sides(from, to);
  }

  /** Whether the fraud rules and the payer's funds allow a new payment. */
  void allow(Order order, Account payer) throws SQLException {
    velocity.setObject(1, merchant);
    velocity.setString(2, payer.id());
    try (ResultSet rs = velocity.executeQuery()) {
      rs.next();
      if (rs.getLong(1) >= COUNT_LIMIT || order.amount() > AMOUNT_LIMIT) {
        throw new IllegalStateException("declined: " + order);
      }
    }
    if (!payer.canPay(order.amount())) {
      throw new IllegalStateException("refused: " + order);
    }
  }
}
