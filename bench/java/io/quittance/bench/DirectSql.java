package io.quittance.bench;

import com.github.f4b6a3.uuid.UuidCreator;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The baseline: the same checks and the same rows as the service, one transaction per payment over
 * plain JDBC. Nothing stands between the load and the database: no HTTP, no JSON to parse, no pool.
 */
final class DirectSql implements Client {

  /** How the statements that write travel. */
  enum Style {
    /** One statement after another; both account updates in one JDBC batch. */
    PLAIN,
    /** All that writes in one round trip, as one string of many statements. */
    PACKED
  }

  private static final long AMOUNT_LIMIT = 1_000_000;
  private static final long COUNT_LIMIT = 100_000;
  private static final String FINGERPRINT = "x".repeat(43);

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

  private static final String KEY =
      """
      insert into idempotency_keys (merchant_id, operation, idempotency_key, fingerprint, object_id,
                                    runs_until, created_at)
      values (?, 'POST /v1/payments', ?, ?, ?, ?, ?)
      """;

  private static final String PAYMENT =
      """
      insert into payments (merchant_id, id, amount, currency, payer, payee, capture_method,
          metadata, hold_id, hold_seconds, granted_ms, created_at, resolves_by, status,
          amount_captured, amount_refunded, fraud_decision, fraud_score, fraud_reasons,
          fraud_source, answer_status, used_ms, event_count, authorized_at, captured_at)
      values (?, ?, ?, 'EUR', ?, ?, 'automatic', '{}', ?, 604800, 2000, ?, ?, 'succeeded',
          ?, 0, 'approve', 0, '', 'rules', 201, 1, 1, ?, ?)
      """;

  private static final String TRANSFER =
      """
      insert into transfers (merchant_id, id, from_account, to_account, amount, currency, state,
          payment_id, metadata, created_at, ended_at, from_entry, to_entry, from_balance_after,
          to_balance_after)
      values (?, ?, ?, ?, ?, 'EUR', 'posted', ?, '{}', ?, ?, ?, ?, ?, ?)
      """;

  private static final String EVENT =
      """
      insert into events (merchant_id, id, payment_id, sequence, type, created_at, data)
      values (?, ?, ?, 1, 'payment.succeeded', ?, ?)
      """;

  private static final String TIMELINE =
      "insert into payment_timelines (merchant_id, payment_id, opened_at, body)"
          + " values (?, ?, ?, ?)";

  private static final String UPDATE =
      """
      update accounts set posted = ?, pending_out = ?, pending_in = ?, entry_count = ?
       where merchant_id = ? and id = ?
      """;

  private record Account(
      String id,
      String currency,
      String kind,
      long overdraft,
      long posted,
      long out,
      long in,
      long entries) {

    static Account read(ResultSet rs) throws SQLException {
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

    Account moved(long amount) {
      return new Account(id, currency, kind, overdraft, posted + amount, out, in, entries + 1);
    }

    boolean canPay(long amount) {
      return kind.equals("external") || posted - out + overdraft >= amount;
    }
  }

  /** What is decided and now to be written. */
  private record Decided(
      UUID payment,
      UUID transfer,
      UUID event,
      OffsetDateTime now,
      Order order,
      Account from,
      Account to) {}

  private final Connection connection;
  private final UUID merchant;
  private final PreparedStatement lock;
  private final PreparedStatement velocity;
  private final List<PreparedStatement> writes = new ArrayList<>();

  DirectSql(Connection connection, UUID merchant, Style style) throws SQLException {
    this.connection = connection;
    this.merchant = merchant;
    connection.setAutoCommit(false);
    lock = connection.prepareStatement(LOCK);
    velocity = connection.prepareStatement(VELOCITY);
    List<String> statements =
        style == Style.PLAIN
            ? List.of(KEY, PAYMENT, TRANSFER, EVENT, TIMELINE, UPDATE)
            : List.of(String.join(";", KEY, PAYMENT, TRANSFER, EVENT, TIMELINE, UPDATE, UPDATE));
    for (String sql : statements) {
      writes.add(connection.prepareStatement(sql));
    }
  }

  @Override
  public void pay(Order order) throws SQLException {
    try {
      Decided decided = decide(order);
      if (writes.size() == 1) {
        writePacked(decided);
      } else {
        writePlain(decided);
      }
      connection.commit();
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    }
  }

  private Decided decide(Order order) throws SQLException {
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
    velocity.setObject(1, merchant);
    velocity.setString(2, payer);
    try (ResultSet rs = velocity.executeQuery()) {
      rs.next();
      if (rs.getLong(1) >= COUNT_LIMIT || order.amount() > AMOUNT_LIMIT) {
        throw new IllegalStateException("declined: " + order);
      }
    }
    if (from == null
        || to == null
        || !from.currency().equals("EUR")
        || !to.currency().equals("EUR")
        || !from.canPay(order.amount())) {
      throw new IllegalStateException("refused: " + order);
    }
    return new Decided(
        UuidCreator.getTimeOrderedEpoch(),
        UuidCreator.getTimeOrderedEpoch(),
        UuidCreator.getTimeOrderedEpoch(),
        Instant.now().atOffset(ZoneOffset.UTC),
        order,
        from.moved(-order.amount()),
        to.moved(order.amount()));
  }

  private void writePlain(Decided decided) throws SQLException {
    bindKey(writes.get(0), 1, decided);
    bindPayment(writes.get(1), 1, decided);
    bindTransfer(writes.get(2), 1, decided);
    bindEvent(writes.get(3), 1, decided);
    bindTimeline(writes.get(4), 1, decided);
    for (PreparedStatement insert : writes.subList(0, 5)) {
      insert.executeUpdate();
    }
    PreparedStatement update = writes.get(5);
    bindUpdate(update, 1, decided.from());
    update.addBatch();
    bindUpdate(update, 1, decided.to());
    update.addBatch();
    update.executeBatch();
  }

  private void writePacked(Decided decided) throws SQLException {
    PreparedStatement all = writes.getFirst();
    int next = bindKey(all, 1, decided);
    next = bindPayment(all, next, decided);
    next = bindTransfer(all, next, decided);
    next = bindEvent(all, next, decided);
    next = bindTimeline(all, next, decided);
    next = bindUpdate(all, next, decided.from());
    bindUpdate(all, next, decided.to());
    all.execute();
  }

  private int bindKey(PreparedStatement statement, int first, Decided decided) throws SQLException {
    int i = first;
    statement.setObject(i++, merchant);
    statement.setString(i++, decided.order().key().toString());
    statement.setString(i++, FINGERPRINT);
    statement.setObject(i++, decided.payment());
    statement.setObject(i++, decided.now().plusSeconds(7));
    statement.setObject(i++, decided.now());
    return i;
  }

  private int bindPayment(PreparedStatement statement, int first, Decided decided)
      throws SQLException {
    int i = first;
    statement.setObject(i++, merchant);
    statement.setObject(i++, decided.payment());
    statement.setLong(i++, decided.order().amount());
    statement.setString(i++, decided.from().id());
    statement.setString(i++, decided.to().id());
    statement.setObject(i++, decided.transfer());
    statement.setObject(i++, decided.now());
    statement.setObject(i++, decided.now().plusSeconds(7));
    statement.setLong(i++, decided.order().amount());
    statement.setObject(i++, decided.now());
    statement.setObject(i++, decided.now());
    return i;
  }

  private int bindTransfer(PreparedStatement statement, int first, Decided decided)
      throws SQLException {
    int i = first;
    statement.setObject(i++, merchant);
    statement.setObject(i++, decided.transfer());
    statement.setString(i++, decided.from().id());
    statement.setString(i++, decided.to().id());
    statement.setLong(i++, decided.order().amount());
    statement.setObject(i++, decided.payment());
    statement.setObject(i++, decided.now());
    statement.setObject(i++, decided.now());
    statement.setLong(i++, decided.from().entries());
    statement.setLong(i++, decided.to().entries());
    statement.setLong(i++, decided.from().posted());
    statement.setLong(i++, decided.to().posted());
    return i;
  }

  private int bindEvent(PreparedStatement statement, int first, Decided decided)
      throws SQLException {
    int i = first;
    statement.setObject(i++, merchant);
    statement.setObject(i++, decided.event());
    statement.setObject(i++, decided.payment());
    statement.setObject(i++, decided.now());
    statement.setString(
        i++,
        Bodies.event(
            decided.payment(),
            decided.order().amount(),
            decided.from().id(),
            decided.to().id(),
            decided.now()));
    return i;
  }

  private int bindTimeline(PreparedStatement statement, int first, Decided decided)
      throws SQLException {
    int i = first;
    statement.setObject(i++, merchant);
    statement.setObject(i++, decided.payment());
    statement.setObject(i++, decided.now());
    statement.setString(i++, Bodies.timeline(decided.now()));
    return i;
  }

  private int bindUpdate(PreparedStatement statement, int first, Account account)
      throws SQLException {
    int i = first;
    statement.setLong(i++, account.posted());
    statement.setLong(i++, account.out());
    statement.setLong(i++, account.in());
    statement.setLong(i++, account.entries());
    statement.setObject(i++, merchant);
    statement.setString(i++, account.id());
    return i;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
