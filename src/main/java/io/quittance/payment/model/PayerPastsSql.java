package io.quittance.payment.model;

import static io.quittance.database.ArrayParameters.bind;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.quittance.database.Dialect;
import io.quittance.fraud.PayerHistory.Totals;
import io.quittance.journal.AccountKey;
import io.quittance.payment.model.PayerPasts.Counted;
import io.quittance.payment.model.PayerPasts.Past;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/** Counts the earlier payments of payers, window by window. */
final class PayerPastsSql {

  /** No limit. */
  static final int ALL = Integer.MAX_VALUE - 1;

  private static final String WINDOWS =
      """
        from unnest(cast(? as integer array), cast(? as uuid array), cast(? as varchar array),
                    cast(? as integer array), cast(? as varchar array),
                    cast(? as timestamp with time zone array), cast(? as uuid array),
                    cast(? as integer array), cast(? as integer array))
               as k(i, merchant_id, payer, seconds, currency, up_to, up_to_id, counted_max, read_max)
      """;

  private static final String FROM = "current_timestamp - k.seconds * interval '1' second";

  private static final String COUNTS =
      " p.status <> 'failed' and (k.currency is null or p.currency = k.currency)";

  /**
   * The payer comes before the time in each comparison, so that only the index by payer fits. In a
   * table that is not analyzed yet, the index by time would look as good, but reads the payments of
   * all payers.
   */
  private static final String OF_PAYER =
      """
                     from payments p
                    where p.merchant_id = k.merchant_id
                      and p.payer = k.payer
                      and (p.payer, p.created_at) > (k.payer,
      """
          + FROM
          + ") and (p.payer, p.created_at, p.id) <= (k.payer, k.up_to, k.up_to_id)";

  /**
   * Each window in its own subquery, which reads the index: PostgreSQL would scan the table for all
   * together. It stops at the number that the window counts up to.
   */
  private static final String WHOLE =
      """
      select k.i, p.payments, p.amount, false as cut
      """
          + WINDOWS
          + """
          cross join lateral (
            select count(*) as payments, coalesce(sum(counted.amount), 0) as amount
              from (
                   select p.amount
          """
          + OF_PAYER
          + " and "
          + COUNTS;

  /**
   * As {@link #WHOLE}, but it reads at most one row more than the limit, whether the rows count or
   * not. So a long past does not slow down all who share the transaction.
   */
  private static final String LIMITED =
      """
      select k.i, p.payments, p.amount, p.cut
      """
          + WINDOWS
          + """
          cross join lateral (
            select count(*) filter (where n <= k.read_max) as payments,
                   coalesce(sum(amount) filter (where n <= k.read_max), 0) as amount,
                   coalesce(bool_or(n > k.read_max), false) as cut
              from (
                select p.amount, p.n
                  from (
                   select p.amount, p.status, p.currency, row_number() over (order by p.created_at) as n
          """
          + OF_PAYER
          + """
                     limit k.read_max + 1) p
                 where p.n > k.read_max or
          """
          + COUNTS
          + """
                 limit k.counted_max) counted) p
          """;

  /** H2 has no lateral join; this counts all. */
  private static final String ON_H2 =
      "select k.i, count(p.id) as payments, coalesce(sum(p.amount), 0) as amount, false as cut"
          + WINDOWS
          + " left join payments p on p.merchant_id = k.merchant_id and p.payer = k.payer"
          + " and p.created_at > "
          + FROM
          + " and (p.created_at, p.id) <= (k.up_to, k.up_to_id) and "
          + COUNTS
          + " group by k.i";

  private PayerPastsSql() {}

  /**
   * The totals of each past.
   *
   * @param readMax how many payments of each payer are read at most, if the database can stop
   *     there; each of its pasts gets an equal part
   */
  static Map<Past, Counted> find(
      JdbcOperations jdbc, Dialect dialect, Collection<Past> wanted, int readMax) {
    List<Past> pasts = new ArrayList<>(wanted);
    Map<Past, Counted> counted = new HashMap<>();
    jdbc.query(
        dialect.either(onPostgres(dialect, readMax), ON_H2),
        statement -> bindPasts(statement, dialect, pasts, readMax),
        rs -> {
          counted.put(
              pasts.get(rs.getInt("i")),
              new Counted(
                  new Totals(rs.getLong("payments"), rs.getBigDecimal("amount").toBigInteger()),
                  rs.getBoolean("cut")));
        });
    return counted;
  }

  /** Citus does not allow a limit from another row. */
  static String onPostgres(Dialect dialect, int readMax) {
    if (dialect.distributed()) {
      return WHOLE + dialect.ofMerchants("p") + ") counted) p";
    }
    return readMax == ALL ? WHOLE + " limit k.counted_max) counted) p" : LIMITED;
  }

  private static int part(int readMax, @Nullable Long pasts) {
    return (int) (readMax / Objects.requireNonNull(pasts));
  }

  private static void bindPasts(
      PreparedStatement statement, Dialect dialect, List<Past> pasts, int readMax)
      throws SQLException {
    bind(statement, 1, "integer", IntStream.range(0, pasts.size()).boxed().toArray());
    bind(statement, 2, "uuid", pasts, Past::merchantId);
    bind(statement, 3, "varchar", pasts, Past::payer);
    bind(statement, 4, "integer", pasts, past -> past.window().seconds());
    bind(statement, 5, "varchar", pasts, past -> past.window().currency());
    bind(statement, 6, "varchar", pasts, past -> past.upTo().toString());
    bind(statement, 7, "uuid", pasts, Past::upToId);
    bind(statement, 8, "integer", pasts, past -> past.window().countedMax());
    Map<AccountKey, Long> ofPayer = pasts.stream().collect(groupingBy(Past::account, counting()));
    bind(statement, 9, "integer", pasts, past -> part(readMax, ofPayer.get(past.account())));
    dialect.bindMerchants(statement, 10, pasts, Past::merchantId);
  }
}
