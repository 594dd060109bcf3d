package io.quittance.payment.model;

import static io.quittance.database.ArrayParameters.bind;

import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import io.quittance.fraud.Verdict;
import io.quittance.journal.TableColumns;
import io.quittance.journal.Writes;
import io.quittance.money.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * The mapping of payments to rows: their columns, named once for inserts and updates, and how they
 * are read.
 */
public final class PaymentRows {

  /** A join, because H2 answers {@code in (select …)} with a scan of the table. */
  private static final String FIND =
      """
      select p.*, current_timestamp as seen_at
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
          + PaymentStatus.UNSUCCESSFUL;

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
          .changing("failure_code", "varchar", row -> of(row.failure(), Failure::code))
          .changing("failure_detail", "varchar", row -> of(row.failure(), Failure::detail))
          .changing("failure_dependency", "varchar", row -> of(row.failure(), Failure::dependency))
          .changing("answer_status", "integer", StoredAnswer::of)
          .changing("used_ms", "integer", Payment.Stored::usedMs)
          .changing("event_count", "integer", Payment.Stored::eventCount)
          .changing("authorized_at", "timestamp", row -> row.timestamps().authorizedAt())
          .changing("captured_at", "timestamp", row -> row.timestamps().capturedAt())
          .changing("canceled_at", "timestamp", row -> row.timestamps().canceledAt())
          .changing("expires_at", "timestamp", row -> row.timestamps().expiresAt())
          .build();

  public static final String COLUMNS = TABLE.names();

  /** The columns that {@link #seen} reads. */
  public static final String SEEN_COLUMNS = COLUMNS + ", current_timestamp as seen_at";

  /**
   * Columns that only the merchant changes, and rarely: they are not written with each change of
   * state.
   */
  private static final TableColumns<Payment.Stored> TEXTS =
      TableColumns.<Payment.Stored>of("payments")
          .key("merchant_id", "uuid", row -> row.terms().merchantId())
          .key("id", "uuid", row -> row.terms().id())
          .changing("description", "varchar", row -> row.terms().texts().description())
          .changing("metadata", "varchar", row -> row.terms().texts().metadataJson())
          .build();

  private PaymentRows() {}

  static void insert(Writes writes, Collection<Payment> payments) {
    writes.insert(TABLE, rows(payments));
  }

  static void update(Writes writes, Collection<Payment> payments) {
    writes.update(TABLE, rows(payments));
  }

  static void updateTexts(Writes writes, Collection<Payment> payments) {
    writes.update(TEXTS, rows(payments));
  }

  /** Finds the payments of a journal transaction. */
  static List<Payment> find(JdbcOperations jdbc, Dialect dialect, Collection<Payments.Key> keys) {
    List<Payment> found = new ArrayList<>(keys.size());
    find(jdbc, dialect, keys, rs -> found.add(read(rs)));
    return found;
  }

  /** Finds payments in one query, in any order. */
  static void find(
      JdbcOperations jdbc,
      Dialect dialect,
      Collection<Payments.Key> keys,
      RowCallbackHandler eachRow) {
    jdbc.query(
        FIND + dialect.ofMerchants("p"),
        statement -> {
          bind(statement, 1, "uuid", keys, Payments.Key::merchantId);
          bind(statement, 2, "uuid", keys, Payments.Key::id);
          dialect.bindMerchants(statement, 3, keys, Payments.Key::merchantId);
        },
        eachRow);
  }

  static Payments.Key key(ResultSet rs) throws SQLException {
    return new Payments.Key(
        rs.getObject("merchant_id", UUID.class), rs.getObject("id", UUID.class));
  }

  /** The ids of the payments that hold these references now. */
  static Map<Payments.Reference, UUID> holders(
      JdbcOperations jdbc, Dialect dialect, Collection<Payments.Reference> references) {
    Map<Payments.Reference, UUID> holders = new HashMap<>();
    jdbc.query(
        HOLDERS + dialect.ofMerchants("p"),
        statement -> {
          bind(statement, 1, "uuid", references, Payments.Reference::merchantId);
          bind(statement, 2, "varchar", references, Payments.Reference::text);
          dialect.bindMerchants(statement, 3, references, Payments.Reference::merchantId);
        },
        rs -> {
          holders.put(
              new Payments.Reference(
                  rs.getObject("merchant_id", UUID.class), rs.getString("reference")),
              rs.getObject("id", UUID.class));
        });
    return holders;
  }

  private static List<Payment.Stored> rows(Collection<Payment> payments) {
    return payments.stream().map(Payment::toRow).toList();
  }

  private static <T, V> @Nullable V of(@Nullable T whole, Function<T, @Nullable V> part) {
    return whole == null ? null : part.apply(whole);
  }

  /** Reads a payment as readers see it, by the database's clock. */
  public static Payment seen(ResultSet rs) throws SQLException {
    return read(rs).seenAt(Instants.read(rs, "seen_at"));
  }

  public static Payment read(ResultSet rs) throws SQLException {
    PaymentTerms terms = terms(rs);
    return Payment.fromRow(
        new Payment.Stored(
            terms,
            PaymentStatus.from(rs.getString("status")),
            rs.getLong("amount_captured"),
            rs.getLong("amount_refunded"),
            verdict(rs),
            failure(rs),
            StoredAnswer.read(rs.getInt("answer_status"), terms.captureMethod()),
            rs.getInt("used_ms"),
            rs.getInt("event_count"),
            new PaymentTimestamps(
                Instants.readOrNull(rs, "authorized_at"),
                Instants.readOrNull(rs, "captured_at"),
                Instants.readOrNull(rs, "canceled_at"),
                Instants.readOrNull(rs, "expires_at")),
            rs.getBoolean("counted")));
  }

  private static PaymentTerms terms(ResultSet rs) throws SQLException {
    return new PaymentTerms(
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
        : new Failure(code, rs.getString("failure_detail"), rs.getString("failure_dependency"));
  }
}
