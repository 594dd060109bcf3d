package io.quittance.bench;

import com.github.f4b6a3.uuid.UuidCreator;
import io.quittance.bench.DirectChecks.Account;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The baseline: the same checks and the same rows as the service, one transaction per operation
 * over plain JDBC. Nothing stands between the load and the database: no HTTP, no JSON to parse, no
 * pool.
 */
final class DirectSql implements Client {

  /** How the statements that write travel. */
  enum Style {
    /** One statement after another; both account updates in one JDBC batch. */
    PLAIN,
    /** All that writes in one round trip, as one string of many statements. */
    PACKED
  }

  static final String FINGERPRINT = "x".repeat(43);

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

  static final String TIMELINE =
      "insert into payment_timelines (merchant_id, payment_id, opened_at, body)"
          + " values (?, ?, ?, ?)";

  static final String UPDATE =
      """
      update accounts set posted = ?, pending_out = ?, pending_in = ?, entry_count = ?
       where merchant_id = ? and id = ?
      """;

  /** What is decided and now to be written. */
  private record Decided(
      UUID payment,
      UUID transfer,
      UUID event,
      OffsetDateTime now,
      Step step,
      Account from,
      Account to) {}

  private final Connection connection;
  private final UUID merchant;
  private final DirectChecks checks;
  private final DirectOperations operations;
  private final List<PreparedStatement> writes = new ArrayList<>();
  private int commitEvery = 1;
  private int uncommitted;

  DirectSql(Connection connection, UUID merchant, Style style) throws SQLException {
    this.connection = connection;
    this.merchant = merchant;
    connection.setAutoCommit(false);
    checks = new DirectChecks(connection, merchant);
    operations = new DirectOperations(connection, merchant, checks);
    List<String> statements =
        style == Style.PLAIN
            ? List.of(KEY, PAYMENT, TRANSFER, EVENT, TIMELINE, UPDATE)
            : List.of(String.join(";", KEY, PAYMENT, TRANSFER, EVENT, TIMELINE, UPDATE, UPDATE));
    for (String sql : statements) {
      writes.add(connection.prepareStatement(sql));
    }
  }

  /** Lets so many operations be one transaction; 1 unless told. */
  void commitEvery(int operations) {
    commitEvery = operations;
  }

  void commit() throws SQLException {
    connection.commit();
    uncommitted = 0;
  }

  @Override
  public void carryOut(Step step) throws SQLException {
    try {
      if (step.kind() == Kind.PAYMENT) {
        pay(step);
      } else {
        operations.carryOut(step);
      }
      if (++uncommitted >= commitEvery) {
        commit();
      }
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    }
  }

  private void pay(Step step) throws SQLException {
    Decided decided = decide(step);
    if (writes.size() == 1) {
      writePacked(decided);
    } else {
      writePlain(decided);
    }
    operations.paid(decided.payment());
  }

  private Decided decide(Step step) throws SQLException {
    DirectChecks.Sides sides = checks.lock(step.order());
    checks.allow(step.order(), sides.payer());
    return new Decided(
        UuidCreator.getTimeOrderedEpoch(),
        UuidCreator.getTimeOrderedEpoch(),
        UuidCreator.getTimeOrderedEpoch(),
        Instant.now().atOffset(ZoneOffset.UTC),
        step,
        sides.payer().entered(-step.amount()),
        sides.payee().entered(step.amount()));
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
    statement.setString(i++, decided.step().key().toString());
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
    statement.setLong(i++, decided.step().amount());
    statement.setString(i++, decided.from().id());
    statement.setString(i++, decided.to().id());
    statement.setObject(i++, decided.transfer());
    statement.setObject(i++, decided.now());
    statement.setObject(i++, decided.now().plusSeconds(7));
    statement.setLong(i++, decided.step().amount());
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
    statement.setLong(i++, decided.step().amount());
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
            decided.step().amount(),
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
    statement.setString(i++, Bodies.timeline());
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
