package io.quittance.payment;

import io.quittance.fraud.PayerHistory.Totals;
import io.quittance.fraud.Verdict;
import io.quittance.fraud.Window;
import io.quittance.money.Money;
import io.quittance.web.ProblemCode;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/** The SQL of payments, the same for H2 and PostgreSQL, and the mapping of their rows. */
final class PaymentsSql {

  static final String COLUMNS =
      "merchant_id, id, amount, currency, payer, payee, capture_method, reference, description,"
          + " metadata, hold_id, hold_seconds, granted_ms, created_at, resolves_by, status,"
          + " amount_captured, amount_refunded, fraud_decision, fraud_score, fraud_reasons,"
          + " fraud_source, failure_code, failure_detail, failure_dependency, answer_status,"
          + " used_ms, event_count, authorized_at, captured_at, canceled_at, expires_at";

  /** A join, because H2 answers {@code in (select …)} with a scan of the table. */
  private static final String FIND =
      """
      select p.*
        from unnest(cast(? as uuid array), cast(? as uuid array)) as k(merchant_id, id)
        join payments p on p.merchant_id = k.merchant_id and p.id = k.id
      """;

  private static final String USED_REFERENCES =
      """
      select p.merchant_id, p.reference
        from unnest(cast(? as uuid array), cast(? as varchar array)) as k(merchant_id, reference)
        join payments p on p.merchant_id = k.merchant_id and p.reference = k.reference
      """;

  private static final String PASTS =
      """
      select k.i, count(p.id) as payments, coalesce(sum(p.amount), 0) as amount
        from unnest(cast(? as integer array), cast(? as uuid array), cast(? as varchar array),
                    cast(? as integer array), cast(? as varchar array),
                    cast(? as timestamp with time zone array), cast(? as uuid array))
               as k(i, merchant_id, payer, seconds, currency, up_to, up_to_id)
        left join payments p
          on p.merchant_id = k.merchant_id
         and p.payer = k.payer
         and p.created_at > current_timestamp - k.seconds * interval '1' second
         and (p.created_at < k.up_to or (p.created_at = k.up_to and p.id <= k.up_to_id))
         and p.status <> 'failed'
         and (k.currency is null or p.currency = k.currency)
       group by k.i
      """;

  private static final String INSERT =
      "insert into payments ("
          + COLUMNS
          + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
          + " ?, ?, ?, ?, ?, ?)";

  private static final String UPDATE =
      """
      update payments
         set status = ?, amount_captured = ?, amount_refunded = ?, fraud_decision = ?,
             fraud_score = ?, fraud_reasons = ?, fraud_source = ?, failure_code = ?,
             failure_detail = ?, failure_dependency = ?, answer_status = ?, used_ms = ?,
             event_count = ?, authorized_at = ?, captured_at = ?, canceled_at = ?, expires_at = ?
       where merchant_id = ? and id = ?
      """;

  /** Where the columns that change begin in {@link #INSERT}. */
  private static final int FIRST_MUTABLE = 16;

  private static final int MUTABLE_COLUMNS = 17;

  private PaymentsSql() {}

  static List<Payment> find(JdbcOperations jdbc, Collection<Payments.Key> keys) {
    return jdbc.query(
        FIND,
        statement -> {
          setArray(statement, 1, "uuid", keys.stream().map(Payments.Key::merchantId).toArray());
          setArray(statement, 2, "uuid", keys.stream().map(Payments.Key::id).toArray());
        },
        (rs, row) -> read(rs));
  }

  static Set<Payments.Reference> usedReferences(
      JdbcOperations jdbc, Collection<Payments.Reference> references) {
    return new HashSet<>(
        jdbc.query(
            USED_REFERENCES,
            statement -> {
              setArray(
                  statement,
                  1,
                  "uuid",
                  references.stream().map(Payments.Reference::merchantId).toArray());
              setArray(
                  statement,
                  2,
                  "varchar",
                  references.stream().map(Payments.Reference::text).toArray());
            },
            (rs, row) ->
                new Payments.Reference(
                    rs.getObject("merchant_id", UUID.class), rs.getString("reference"))));
  }

  static Map<Payments.Past, Totals> pasts(JdbcOperations jdbc, Collection<Payments.Past> wanted) {
    List<Payments.Past> pasts = new ArrayList<>(wanted);
    Map<Payments.Past, Totals> totals = new HashMap<>();
    jdbc.query(
        PASTS,
        statement -> bindPasts(statement, pasts),
        rs -> {
          totals.put(
              pasts.get(rs.getInt("i")),
              new Totals(rs.getLong("payments"), rs.getBigDecimal("amount").toBigInteger()));
        });
    return totals;
  }

  private static void bindPasts(PreparedStatement statement, List<Payments.Past> pasts)
      throws SQLException {
    int size = pasts.size();
    var columns = new Object[7][size];
    for (int i = 0; i < size; i++) {
      Payments.Past past = pasts.get(i);
      Window window = past.window();
      columns[0][i] = i;
      columns[1][i] = past.merchantId();
      columns[2][i] = past.payer();
      columns[3][i] = window.seconds();
      columns[4][i] = window.currency();
      columns[5][i] = past.upTo().atOffset(ZoneOffset.UTC).toString();
      columns[6][i] = past.upToId();
    }
    setArray(statement, 1, "integer", columns[0]);
    setArray(statement, 2, "uuid", columns[1]);
    setArray(statement, 3, "varchar", columns[2]);
    setArray(statement, 4, "integer", columns[3]);
    setArray(statement, 5, "varchar", columns[4]);
    setArray(statement, 6, "varchar", columns[5]);
    setArray(statement, 7, "uuid", columns[6]);
  }

  static void insert(JdbcOperations jdbc, Collection<Payment> payments) {
    if (!payments.isEmpty()) {
      jdbc.batchUpdate(
          INSERT,
          payments,
          payments.size(),
          (statement, payment) -> {
            bindTerms(statement, payment.terms());
            bindMutable(statement, FIRST_MUTABLE, payment.store());
          });
    }
  }

  static void update(JdbcOperations jdbc, Collection<Payment> payments) {
    if (!payments.isEmpty()) {
      jdbc.batchUpdate(
          UPDATE,
          payments,
          payments.size(),
          (statement, payment) -> {
            bindMutable(statement, 1, payment.store());
            statement.setObject(MUTABLE_COLUMNS + 1, payment.terms().merchantId());
            statement.setObject(MUTABLE_COLUMNS + 2, payment.terms().id());
          });
    }
  }

  private static void bindTerms(PreparedStatement statement, Payment.Terms terms)
      throws SQLException {
    statement.setObject(1, terms.merchantId());
    statement.setObject(2, terms.id());
    statement.setLong(3, terms.money().amount());
    statement.setString(4, terms.money().currency());
    statement.setString(5, terms.payer());
    statement.setString(6, terms.payee());
    statement.setString(7, terms.captureMethod().text());
    statement.setString(8, terms.texts().reference());
    statement.setString(9, terms.texts().description());
    statement.setString(10, terms.texts().metadataJson());
    statement.setObject(11, terms.holdId(), Types.OTHER);
    statement.setInt(12, terms.holdSeconds());
    statement.setInt(13, terms.grantedMs());
    setTime(statement, 14, terms.createdAt());
    setTime(statement, 15, terms.resolvesBy());
  }

  private static void bindMutable(PreparedStatement statement, int first, Payment.Stored row)
      throws SQLException {
    Verdict verdict = row.verdict();
    Failure failure = row.failure();
    int i = first;
    statement.setString(i++, row.status().text());
    statement.setLong(i++, row.amountCaptured());
    statement.setLong(i++, row.amountRefunded());
    statement.setString(i++, verdict == null ? null : verdict.decision().text());
    statement.setObject(i++, verdict == null ? null : verdict.score(), Types.INTEGER);
    statement.setString(i++, verdict == null ? null : String.join("\n", verdict.reasons()));
    statement.setString(i++, verdict == null ? null : verdict.source().text());
    statement.setString(i++, failure == null ? null : failure.code().code());
    statement.setString(i++, failure == null ? null : failure.detail());
    statement.setString(i++, failure == null ? null : failure.dependency());
    statement.setObject(i++, row.answerStatus() == 0 ? null : row.answerStatus(), Types.INTEGER);
    statement.setInt(i++, row.usedMs());
    statement.setInt(i++, row.eventCount());
    setTime(statement, i++, row.milestones().authorizedAt());
    setTime(statement, i++, row.milestones().capturedAt());
    setTime(statement, i++, row.milestones().canceledAt());
    setTime(statement, i, row.milestones().expiresAt());
  }

  static Payment read(ResultSet rs) throws SQLException {
    return Payment.stored(
        new Payment.Stored(
            terms(rs),
            PaymentStatus.from(rs.getString("status")),
            rs.getLong("amount_captured"),
            rs.getLong("amount_refunded"),
            verdict(rs),
            failure(rs),
            rs.getInt("answer_status"),
            rs.getInt("used_ms"),
            rs.getInt("event_count"),
            new Payment.Milestones(
                time(rs, "authorized_at"),
                time(rs, "captured_at"),
                time(rs, "canceled_at"),
                time(rs, "expires_at"))));
  }

  private static Payment.Terms terms(ResultSet rs) throws SQLException {
    return new Payment.Terms(
        rs.getObject("merchant_id", UUID.class),
        rs.getObject("id", UUID.class),
        new Money(rs.getLong("amount"), rs.getString("currency")),
        rs.getString("payer"),
        rs.getString("payee"),
        CaptureMethod.from(rs.getString("capture_method")),
        new PaymentOrder.Texts(
            rs.getString("reference"), rs.getString("description"), rs.getString("metadata")),
        rs.getObject("hold_id", UUID.class),
        rs.getInt("hold_seconds"),
        rs.getInt("granted_ms"),
        Objects.requireNonNull(time(rs, "created_at")),
        Objects.requireNonNull(time(rs, "resolves_by")));
  }

  private static @Nullable Verdict verdict(ResultSet rs) throws SQLException {
    String decision = rs.getString("fraud_decision");
    if (decision == null) {
      return null;
    }
    return new Verdict(
        Verdict.Decision.from(decision),
        rs.getInt("fraud_score"),
        rs.getString("fraud_reasons").lines().toList(),
        Verdict.Source.from(rs.getString("fraud_source")));
  }

  private static @Nullable Failure failure(ResultSet rs) throws SQLException {
    String code = rs.getString("failure_code");
    return code == null
        ? null
        : new Failure(
            ProblemCode.from(code),
            rs.getString("failure_detail"),
            rs.getString("failure_dependency"));
  }

  private static @Nullable Instant time(ResultSet rs, String column) throws SQLException {
    OffsetDateTime time = rs.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static void setTime(PreparedStatement statement, int index, @Nullable Instant instant)
      throws SQLException {
    statement.setObject(
        index,
        instant == null ? null : instant.atOffset(ZoneOffset.UTC),
        Types.TIMESTAMP_WITH_TIMEZONE);
  }

  private static void setArray(PreparedStatement statement, int index, String type, Object[] values)
      throws SQLException {
    statement.setArray(index, statement.getConnection().createArrayOf(type, values));
  }
}
