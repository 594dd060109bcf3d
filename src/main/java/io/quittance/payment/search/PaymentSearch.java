package io.quittance.payment.search;

import io.quittance.database.Dialect;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentRows;
import io.quittance.payment.model.PaymentTerms;
import io.quittance.web.query.PageRequest;
import io.quittance.web.query.TimePosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * Finds a merchant's payments, newest first: by {@code created_at}, then by id. Neither ever
 * changes, so a caller that pages through the list sees each payment once, whatever is added
 * meanwhile. Thread-safe.
 */
@Component
final class PaymentSearch {

  private static final String ACCOUNT_IN_CURRENCY =
      "exists (select 1 from accounts a where a.merchant_id = ? and a.id = ?"
          + " and a.currency = cast(? as char(3)))";

  private static final String ORDER = " order by created_at desc, id desc limit ?";

  private final JdbcOperations jdbc;
  private final Dialect dialect;

  PaymentSearch(JdbcOperations jdbc, Dialect dialect) {
    this.jdbc = jdbc;
    this.dialect = dialect;
  }

  List<Payment> newestFirst(UUID merchantId, PaymentFilters filters, PageRequest page) {
    var values = new ArrayList<Object>();
    List<String> alternatives =
        filters.alternatives().stream()
            .flatMap(conditions -> byCurrency(filters, conditions))
            .toList();
    String sql =
        alternatives.stream()
            .map(conditions -> select(merchantId, filters, conditions, page, values))
            .collect(Collectors.joining(") union all (", "(", ")"));
    if (alternatives.size() > 1) {
      sql += ORDER;
      values.add(page.fetch());
    }
    String whole = sql;
    return jdbc.query(
        connection -> statement(connection, whole, values), (rs, row) -> PaymentRows.seen(rs));
  }

  /**
   * Checks the accounts once, before the payments, because a payment has the currency of both of
   * its accounts. Only a payment that failed before that check may have another currency, or
   * accounts that do not exist. So if the accounts do not fit, only failed payments are searched.
   */
  private static Stream<String> byCurrency(PaymentFilters filters, String conditions) {
    if (filters.accountsInCurrency().isEmpty()) {
      return Stream.of(conditions);
    }
    String inCurrency =
        filters.accountsInCurrency().stream()
            .map(_ -> ACCOUNT_IN_CURRENCY)
            .collect(Collectors.joining(" and "));
    return Stream.of(
        conditions + " and " + inCurrency,
        conditions + " and status = 'failed' and not (" + inCurrency + ")");
  }

  private static String select(
      UUID merchantId,
      PaymentFilters filters,
      String conditions,
      PageRequest page,
      List<Object> values) {
    var sql = new StringBuilder("select " + PaymentRows.SEEN_COLUMNS);
    sql.append(" from payments where merchant_id = ?").append(conditions);
    values.add(merchantId);
    values.addAll(filters.bound());
    for (Object account : filters.accountsInCurrency()) {
      values.addAll(List.of(merchantId, account, filters.currency()));
    }
    page.after()
        .map(TimePosition::parse)
        .ifPresent(
            after -> {
              sql.append(" and (created_at, id) < (?, ?)");
              values.add(after.createdAt());
              values.add(after.id());
            });
    values.add(page.fetch());
    return sql.append(ORDER).toString();
  }

  private PreparedStatement statement(Connection connection, String sql, List<Object> values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    // Which index is best depends on the values: some payers have five payments, some a million.
    dialect.planEachTime(statement);
    for (int i = 0; i < values.size(); i++) {
      statement.setObject(i + 1, values.get(i));
    }
    return statement;
  }

  /** The cursor position after this payment. */
  static String position(Payment payment) {
    PaymentTerms terms = payment.terms();
    return TimePosition.text(terms.createdAt(), terms.id());
  }
}
