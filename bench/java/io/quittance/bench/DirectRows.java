package io.quittance.bench;

import com.github.f4b6a3.uuid.UuidCreator;
import io.quittance.bench.DirectChecks.Account;
import io.quittance.bench.DirectChecks.Sides;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** The rows that {@link DirectOperations} writes, one statement for each. */
final class DirectRows {

  private static final int HOLD_DAYS = 7;

  private static final String KEY =
      """
      insert into idempotency_keys (merchant_id, operation, idempotency_key, fingerprint, object_id,
                                    runs_until, created_at)
      values (?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String PAYMENT =
      """
      insert into payments (merchant_id, id, amount, currency, payer, payee, capture_method,
          metadata, hold_id, hold_seconds, granted_ms, created_at, resolves_by, status,
          amount_captured, amount_refunded, fraud_decision, fraud_score, fraud_reasons,
          fraud_source, answer_status, used_ms, event_count, authorized_at, expires_at)
      values (?, ?, ?, 'EUR', ?, ?, 'manual', '{}', ?, 604800, 2000, ?, ?, 'authorized',
          0, 0, 'approve', 0, '', 'rules', 201, 1, 1, ?, ?)
      """;

  private static final String CAPTURED =
      """
      update payments set status = ?, amount_captured = ?, event_count = ?, captured_at = ?
       where merchant_id = ? and id = ?
      """;

  private static final String REFUNDED =
      """
      update payments set amount_refunded = ?, event_count = ? where merchant_id = ? and id = ?
      """;

  private static final String HOLD =
      """
      insert into transfers (merchant_id, id, from_account, to_account, amount, currency, state,
          payment_id, metadata, created_at, expires_at)
      values (?, ?, ?, ?, ?, 'EUR', 'pending', ?, '{}', ?, ?)
      """;

  private static final String REDUCE =
      "update transfers set amount = amount - ? where merchant_id = ? and id = ?";

  private static final String POST =
      """
      update transfers set amount = ?, state = 'posted', ended_at = ?, from_entry = ?, to_entry = ?,
          from_balance_after = ?, to_balance_after = ?
       where merchant_id = ? and id = ?
      """;

  private static final String POSTED =
      """
      insert into transfers (merchant_id, id, from_account, to_account, amount, currency, state,
          payment_id, metadata, created_at, ended_at, from_entry, to_entry, from_balance_after,
          to_balance_after)
      values (?, ?, ?, ?, ?, 'EUR', 'posted', ?, '{}', ?, ?, ?, ?, ?, ?)
      """;

  private static final String CAPTURE =
      """
      insert into captures (merchant_id, id, payment_id, transfer_id, amount, is_final, granted_ms,
          used_ms, created_at)
      values (?, ?, ?, ?, ?, ?, 2000, 0, ?)
      """;

  private static final String REFUND =
      """
      insert into refunds (merchant_id, id, payment_id, transfer_id, amount, granted_ms, used_ms,
          created_at)
      values (?, ?, ?, ?, ?, 2000, 0, ?)
      """;

  private static final String EVENT =
      """
      insert into events (merchant_id, id, payment_id, sequence, type, created_at, data)
      values (?, ?, ?, ?, ?, ?, ?)
      """;

  private final Connection connection;
  private final UUID merchant;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  DirectRows(Connection connection, UUID merchant) {
    this.connection = connection;
    this.merchant = merchant;
  }

  ResultSet query(String sql, Object... values) throws SQLException {
    return bound(sql, values).executeQuery();
  }

  private void write(String sql, Object... values) throws SQLException {
    bound(sql, values).executeUpdate();
  }

  private PreparedStatement bound(String sql, Object... values) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  void key(String operation, UUID key, UUID object, OffsetDateTime now) throws SQLException {
    String text = key.toString();
    write(KEY, merchant, operation, text, DirectSql.FINGERPRINT, object, now.plusSeconds(7), now);
  }

  void authorizedPayment(UUID id, UUID hold, Sides sides, int amount, OffsetDateTime now)
      throws SQLException {
    write(
        PAYMENT,
        merchant,
        id,
        amount,
        sides.payer().id(),
        sides.payee().id(),
        hold,
        now,
        now.plusSeconds(7),
        now,
        now.plusDays(HOLD_DAYS));
  }

  void captured(UUID payment, String status, int captured, int events, OffsetDateTime now)
      throws SQLException {
    write(CAPTURED, status, captured, events, now, merchant, payment);
  }

  void refunded(UUID payment, int refunded, int events) throws SQLException {
    write(REFUNDED, refunded, events, merchant, payment);
  }

  void hold(UUID id, UUID payment, Sides sides, int amount, OffsetDateTime now)
      throws SQLException {
    write(
        HOLD,
        merchant,
        id,
        sides.payer().id(),
        sides.payee().id(),
        amount,
        payment,
        now,
        now.plusDays(HOLD_DAYS));
  }

  void reduceHold(UUID id, int amount) throws SQLException {
    write(REDUCE, amount, merchant, id);
  }

  /** The accounts are those after it. */
  void postHold(UUID id, Account from, Account to, int amount, OffsetDateTime now)
      throws SQLException {
    write(
        POST, amount, now, from.entries(), to.entries(), from.posted(), to.posted(), merchant, id);
  }

  /** A transfer that was never a hold; the accounts are those after it. */
  void posted(UUID id, UUID payment, Account from, Account to, int amount, OffsetDateTime now)
      throws SQLException {
    write(
        POSTED,
        merchant,
        id,
        from.id(),
        to.id(),
        amount,
        payment,
        now,
        now,
        from.entries(),
        to.entries(),
        from.posted(),
        to.posted());
  }

  void capture(UUID id, UUID payment, UUID transfer, int amount, boolean last, OffsetDateTime now)
      throws SQLException {
    write(CAPTURE, merchant, id, payment, transfer, amount, last, now);
  }

  void refund(UUID id, UUID payment, UUID transfer, int amount, OffsetDateTime now)
      throws SQLException {
    write(REFUND, merchant, id, payment, transfer, amount, now);
  }

  void event(UUID payment, int sequence, String type, String data, OffsetDateTime now)
      throws SQLException {
    UUID id = UuidCreator.getTimeOrderedEpoch();
    write(EVENT, merchant, id, payment, sequence, type, now, data);
  }

  void timeline(UUID payment, String body, OffsetDateTime now) throws SQLException {
    write(DirectSql.TIMELINE, merchant, payment, now, body);
  }

  /** Both in one JDBC batch. */
  void accounts(Account one, Account other) throws SQLException {
    PreparedStatement update = null;
    for (Account account : new Account[] {one, other}) {
      update =
          bound(
              DirectSql.UPDATE,
              account.posted(),
              account.out(),
              account.in(),
              account.entries(),
              merchant,
              account.id());
      update.addBatch();
    }
    update.executeBatch();
  }
}
