package io.quittance.payment.model;

import static io.quittance.database.ArrayParameters.bind;

import io.quittance.database.Instants;
import io.quittance.fraud.PayerHistory.Totals;
import io.quittance.fraud.Verdict;
import io.quittance.journal.Dialect;
import io.quittance.journal.TableColumns;
import io.quittance.journal.Writes;
import io.quittance.money.Money;
import io.quittance.web.ProblemCode;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/** The SQL of payments, the same for H2 and PostgreSQL, and the mapping of their rows. */
public final class PaymentsSql {

  private static final TableColumns<Payment.Stored> TABLE =
      TableColumns.<Payment.Stored>of("payments")
          .key("merchant_id", "uuid", row -> row.terms().merchantId())
          .key("id", "uuid", row -> row.terms().id())
          .fixed("amount", "bigint", row -> row.terms().money().amount())
          .fixed("currency", "varchar", row -> row.terms().money().currency())
          .fixed("payer", "varchar", row -> row.terms().payer())
          .fixed("payee", "varchar", row -> row.terms().payee())
          .fixed("capture_method", "varchar", row -> row.terms().captureMethod().text())
          .fixed("reference", "varchar", row -> row.terms().texts().reference())
          .fixed("description", "varchar", row -> row.terms().texts().description())
          .fixed("metadata", "varchar", row -> row.terms().texts().metadataJson())
          .fixed("batch_id", "uuid", row -> row.terms().batchId())
          .fixed("hold_id", "uuid", row -> row.terms().holdId())
          .fixed("hold_seconds", "integer", row -> row.terms().holdSeconds())
          .fixed("granted_ms", "integer", row -> row.terms().grantedMs())
          .fixed("created_at", "timestamp", row -> row.terms().createdAt())
          .fixed("resolves_by", "timestamp", row -> row.terms().resolvesBy())
          .fixed("counted", "boolean", Payment.Stored::counted)
          .changing("status", "varchar", row -> row.status().text())
          .changing("amount_captured", "bigint", Payment.Stored::amountCaptured)
          .changing("amount_refunded", "bigint", Payment.Stored::amountRefunded)
          .changing(
              "fraud_decision",
              "varchar",
              row -> of(row.verdict(), verdict -> verdict.decision().text()))
          .changing("fraud_score", "integer", row -> of(row.verdict(), Verdict::score))
          .changing(
              "fraud_reasons",
              "varchar",
              row -> of(row.verdict(), v -> String.join("\n", v.reasons())))
          .changing(
              "fraud_source",
              "varchar",
              row -> of(row.verdict(), verdict -> verdict.source().text()))
          .changing(
              "failure_code", "varchar", row -> of(row.failure(), failure -> failure.code().code()))
          .changing("failure_detail", "varchar", row -> of(row.failure(), Failure::detail))
          .changing("failure_dependency", "varchar", row -> of(row.failure(), Failure::dependency))
          .changing(
              "answer_status",
              "integer",
              row -> row.answerStatus() == 0 ? null : row.answerStatus())
          .changing("used_ms", "integer", Payment.Stored::usedMs)
          .changing("event_count", "integer", Payment.Stored::eventCount)
          .changing("authorized_at", "timestamp", row -> row.milestones().authorizedAt())
          .changing("captured_at", "timestamp", row -> row.milestones().capturedAt())
          .changing("canceled_at", "timestamp", row -> row.milestones().canceledAt())
          .changing("expires_at", "timestamp", row -> row.milestones().expiresAt())
          .build();

  public static final String COLUMNS = TABLE.names();

  /** What {@link #seen} reads. */
  public static final String SEEN_COLUMNS = COLUMNS + ", current_timestamp as seen_at";

  /** What only its merchant changes, and seldom: it does not travel with each change of state. */
  private static final TableColumns<Payment.Stored> TEXTS =
      TableColumns.<Payment.Stored>of("payments")
          .key("merchant_id", "uuid", row -> row.terms().merchantId())
          .key("id", "uuid", row -> row.terms().id())
          .changing("description", "varchar", row -> row.terms().texts().description())
          .changing("metadata", "varchar", row -> row.terms().texts().metadataJson())
          .build();

  /** A join, because H2 answers {@code in (select …)} with a scan of the table. */
  private static final String FIND =
      """
      select p.*
        from unnest(cast(? as uuid array), cast(? as uuid array)) as k(merchant_id, id)
        join payments p on p.merchant_id = k.merchant_id and p.id = k.id
      """;

  private static final String HOLDERS =
      """
      select p.merchant_id, p.reference, p.id
        from unnest(cast(? as uuid array), cast(? as varchar array)) as k(merchant_id, reference)
        join payments p on p.merchant_id = k.merchant_id and p.reference = k.reference
         and p.status not in\s
      """
          + PaymentStatus.DEAD;

  private static final String WINDOWS =
      """
        from unnest(cast(? as integer array), cast(? as uuid array), cast(? as varchar array),
                    cast(? as integer array), cast(? as varchar array),
                    cast(? as timestamp with time zone array), cast(? as uuid array))
               as k(i, merchant_id, payer, seconds, currency, up_to, up_to_id)
      """;

  private static final String FROM = "current_timestamp - k.seconds * interval '1' second";

  private static final String IN_WINDOW =
      """
              p.merchant_id = k.merchant_id
          and p.payer = k.payer
          and %s
          and p.status <> 'failed'
          and (k.currency is null or p.currency = k.currency)
      """;

  /**
   * Each window by itself, which is read by the index: PostgreSQL would scan for all together. The
   * payer stands before the time in each comparison, so that only the index by payer fits: of a
   * table that was not analyzed yet, that by time looks as good, which reads the payments of all.
   */
  static final String PASTS =
      "select k.i, p.payments, p.amount"
          + WINDOWS
          + """
          cross join lateral (
            select count(*) as payments, coalesce(sum(p.amount), 0) as amount
              from payments p
             where
          """
          + IN_WINDOW.formatted(
              "(p.payer, p.created_at) > (k.payer, "
                  + FROM
                  + ") and (p.payer, p.created_at, p.id) <= (k.payer, k.up_to, k.up_to_id)")
          + ") p";

  /** H2 knows no lateral join. */
  private static final String PASTS_ON_H2 =
      "select k.i, count(p.id) as payments, coalesce(sum(p.amount), 0) as amount"
          + WINDOWS
          + " left join payments p on "
          + IN_WINDOW.formatted(
              "p.created_at > " + FROM + " and (p.created_at, p.id) <= (k.up_to, k.up_to_id)")
          + " group by k.i";

  private PaymentsSql() {}

  static List<Payment> find(JdbcOperations jdbc, Collection<Payments.Key> keys) {
    return jdbc.query(
        FIND,
        statement -> {
          bind(statement, 1, "uuid", keys, Payments.Key::merchantId);
          bind(statement, 2, "uuid", keys, Payments.Key::id);
        },
        (rs, row) -> read(rs));
  }

  /** The payments that hold these references now. */
  static Map<Payments.Reference, UUID> holders(
      JdbcOperations jdbc, Collection<Payments.Reference> references) {
    Map<Payments.Reference, UUID> holders = new HashMap<>();
    jdbc.query(
        HOLDERS,
        statement -> {
          bind(statement, 1, "uuid", references, Payments.Reference::merchantId);
          bind(statement, 2, "varchar", references, Payments.Reference::text);
        },
        rs -> {
          holders.put(
              new Payments.Reference(
                  rs.getObject("merchant_id", UUID.class), rs.getString("reference")),
              rs.getObject("id", UUID.class));
        });
    return holders;
  }

  static Map<Payments.Past, Totals> pasts(
      JdbcOperations jdbc, Dialect dialect, Collection<Payments.Past> wanted) {
    List<Payments.Past> pasts = new ArrayList<>(wanted);
    Map<Payments.Past, Totals> totals = new HashMap<>();
    jdbc.query(
        dialect.either(PASTS, PASTS_ON_H2),
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
    bind(statement, 1, "integer", IntStream.range(0, pasts.size()).boxed().toArray());
    bind(statement, 2, "uuid", pasts, Payments.Past::merchantId);
    bind(statement, 3, "varchar", pasts, Payments.Past::payer);
    bind(statement, 4, "integer", pasts, past -> past.window().seconds());
    bind(statement, 5, "varchar", pasts, past -> past.window().currency());
    bind(statement, 6, "varchar", pasts, past -> past.upTo().toString());
    bind(statement, 7, "uuid", pasts, Payments.Past::upToId);
  }

  static void insert(Writes writes, Collection<Payment> payments) {
    writes.insert(TABLE, stored(payments));
  }

  static void update(Writes writes, Collection<Payment> payments) {
    writes.update(TABLE, stored(payments));
  }

  static void updateTexts(Writes writes, Collection<Payment> payments) {
    writes.update(TEXTS, stored(payments));
  }

  private static List<Payment.Stored> stored(Collection<Payment> payments) {
    return payments.stream().map(Payment::store).toList();
  }

  private static <T, V> @Nullable V of(@Nullable T whole, Function<T, @Nullable V> part) {
    return whole == null ? null : part.apply(whole);
  }

  /** A payment for those who only look, by the database's clock. */
  public static Payment seen(ResultSet rs) throws SQLException {
    return read(rs).seenAt(Instants.read(rs, "seen_at"));
  }

  public static Payment read(ResultSet rs) throws SQLException {
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
                Instants.readOrNull(rs, "authorized_at"),
                Instants.readOrNull(rs, "captured_at"),
                Instants.readOrNull(rs, "canceled_at"),
                Instants.readOrNull(rs, "expires_at")),
            rs.getBoolean("counted")));
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
        rs.getObject("batch_id", UUID.class),
        rs.getObject("hold_id", UUID.class),
        rs.getInt("hold_seconds"),
        rs.getInt("granted_ms"),
        Instants.read(rs, "created_at"),
        Instants.read(rs, "resolves_by"));
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
}
