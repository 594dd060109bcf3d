package io.quittance.payment.model;

import static io.quittance.database.ArrayParameters.bind;

import io.quittance.fraud.PayerHistory.Totals;
import io.quittance.fraud.Window;
import io.quittance.journal.Dialect;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.JdbcOperations;

/** Counts what payers have paid before, window by window. */
final class PayerPastsSql {

  private static final String WINDOWS =
      """
        from unnest(cast(? as integer array), cast(? as uuid array), cast(? as varchar array),
                    cast(? as integer array), cast(? as varchar array),
                    cast(? as timestamp with time zone array), cast(? as uuid array),
                    cast(? as integer array))
               as k(i, merchant_id, payer, seconds, currency, up_to, up_to_id, counted_max)
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
   * It reads no more rows than are counted, so that a long window of a busy payer is no slow query
   * for all who share the transaction; but what is added up is added up whole.
   */
  private static final String PASTS =
      "select k.i, p.payments, p.amount"
          + WINDOWS
          + """
          cross join lateral (
            select count(*) as payments, coalesce(sum(counted.amount), 0) as amount
              from (
            select p.amount
              from payments p
             where
          """
          + IN_WINDOW.formatted(
              "(p.payer, p.created_at) > (k.payer, "
                  + FROM
                  + ") and (p.payer, p.created_at, p.id) <= (k.payer, k.up_to, k.up_to_id)");

  /** H2 knows no lateral join, and counts all. */
  private static final String PASTS_ON_H2 =
      "select k.i, count(p.id) as payments, coalesce(sum(p.amount), 0) as amount"
          + WINDOWS
          + " left join payments p on "
          + IN_WINDOW.formatted(
              "p.created_at > " + FROM + " and (p.created_at, p.id) <= (k.up_to, k.up_to_id)")
          + " group by k.i";

  private PayerPastsSql() {}

  /**
   * What was paid before, by each of them.
   *
   * @param readMax how many payments of each are counted at most, where the database can stop there
   */
  static Map<PayerPasts.Past, Totals> find(
      JdbcOperations jdbc, Dialect dialect, Collection<PayerPasts.Past> wanted, int readMax) {
    List<PayerPasts.Past> pasts = new ArrayList<>(wanted);
    Map<PayerPasts.Past, Totals> totals = new HashMap<>();
    jdbc.query(
        dialect.either(onPostgres(dialect), PASTS_ON_H2),
        statement -> bindPasts(statement, dialect, pasts, readMax),
        rs -> {
          totals.put(
              pasts.get(rs.getInt("i")),
              new Totals(rs.getLong("payments"), rs.getBigDecimal("amount").toBigInteger()));
        });
    return totals;
  }

  static String onPostgres(Dialect dialect) {
    return PASTS + dialect.ofMerchants("p") + limit(dialect) + ") counted) p";
  }

  /** Citus may take no limit that comes from another row. */
  private static String limit(Dialect dialect) {
    return dialect.limitsEachRow() ? " limit k.counted_max" : "";
  }

  private static int countedMax(Window window, int readMax) {
    return window.countedMax() == null ? readMax : Math.min(window.countedMax(), readMax);
  }

  private static void bindPasts(
      PreparedStatement statement, Dialect dialect, List<PayerPasts.Past> pasts, int readMax)
      throws SQLException {
    bind(statement, 1, "integer", IntStream.range(0, pasts.size()).boxed().toArray());
    bind(statement, 2, "uuid", pasts, PayerPasts.Past::merchantId);
    bind(statement, 3, "varchar", pasts, PayerPasts.Past::payer);
    bind(statement, 4, "integer", pasts, past -> past.window().seconds());
    bind(statement, 5, "varchar", pasts, past -> past.window().currency());
    bind(statement, 6, "varchar", pasts, past -> past.upTo().toString());
    bind(statement, 7, "uuid", pasts, PayerPasts.Past::upToId);
    bind(statement, 8, "integer", pasts, past -> countedMax(past.window(), readMax));
    dialect.bindMerchants(statement, 9, pasts, PayerPasts.Past::merchantId);
  }
}
