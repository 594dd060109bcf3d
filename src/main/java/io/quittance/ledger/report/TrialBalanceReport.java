package io.quittance.ledger.report;

import io.quittance.ledger.AccountIds;
import io.quittance.web.Problem;
import io.quittance.web.query.PageRequest;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sums up a merchant's books at one instant. Used once. */
final class TrialBalanceReport {

  /**
   * The sums of one currency; balanced if entries and account balances both sum to zero.
   *
   * @param balancesPositive the sum of all balances above zero
   * @param balancesNegative the sum of all balances below zero
   */
  record TrialBalance(
      String currency,
      BigInteger debits,
      BigInteger credits,
      boolean balanced,
      BigInteger balancesPositive,
      BigInteger balancesNegative) {}

  /**
   * The sums of one account's entries.
   *
   * @param balance credits − debits
   */
  record AccountTrialBalance(
      String account, String currency, BigInteger debits, BigInteger credits, BigInteger balance) {}

  private static final String BY_CURRENCY =
      """
      select a.currency, a.positive, a.negative,
             coalesce(e.debits, 0) as debits, coalesce(e.credits, 0) as credits
        from (select currency,
                     sum(case when posted > 0 then posted else 0 end) as positive,
                     sum(case when posted < 0 then posted else 0 end) as negative
                from accounts where merchant_id = ? group by currency) a
        left join (select currency,
                          sum(case when amount < 0 then -amount else 0 end) as debits,
                          sum(case when amount > 0 then amount else 0 end) as credits
                     from entries where merchant_id = ? group by currency) e
          on e.currency = a.currency
       order by a.currency
      """;

  /** Sums each account of the page through the indexes on its entries. */
  private static final String BY_ACCOUNT =
      """
      select a.id, a.currency,
             coalesce((select sum(t.amount) from transfers t
                        where t.merchant_id = ? and t.from_account = a.id
                          and t.from_entry is not null), 0) as debits,
             coalesce((select sum(t.amount) from transfers t
                        where t.merchant_id = ? and t.to_account = a.id
                          and t.to_entry is not null), 0) as credits
        from (select id, currency
                from accounts
               where merchant_id = ? and id > ? and (currency = cast(? as char(3)) or ? = '')
               order by id
               limit ?) a
       order by a.id
      """;

  private final Reports.Snapshot books;
  private final UUID merchantId;

  TrialBalanceReport(Reports.Snapshot books, UUID merchantId) {
    this.books = books;
    this.merchantId = merchantId;
  }

  List<TrialBalance> byCurrency() {
    return books.query(
        BY_CURRENCY,
        rs -> {
          var rows = new ArrayList<TrialBalance>();
          while (rs.next()) {
            rows.add(currency(rs));
          }
          return rows;
        },
        merchantId,
        merchantId);
  }

  private static TrialBalance currency(ResultSet rs) throws SQLException {
    BigInteger debits = sum(rs, "debits");
    BigInteger credits = sum(rs, "credits");
    BigInteger positive = sum(rs, "positive");
    BigInteger negative = sum(rs, "negative");
    boolean balanced = debits.equals(credits) && positive.add(negative).signum() == 0;
    return new TrialBalance(
        rs.getString("currency"), debits, credits, balanced, positive, negative);
  }

  /**
   * One page, in the order of the accounts' ids.
   *
   * @param currency null: any
   */
  List<AccountTrialBalance> byAccount(@Nullable String currency, PageRequest page) {
    String filter = currency == null ? "" : currency;
    return books.query(
        BY_ACCOUNT,
        rs -> {
          var rows = new ArrayList<AccountTrialBalance>();
          while (rs.next()) {
            rows.add(account(rs));
          }
          return rows;
        },
        merchantId,
        merchantId,
        merchantId,
        page.after().map(TrialBalanceReport::position).orElse(""),
        filter,
        filter,
        page.fetch());
  }

  private static String position(String text) {
    if (!AccountIds.areLike(text)) {
      throw Problem.invalidCursor();
    }
    return text;
  }

  private static AccountTrialBalance account(ResultSet rs) throws SQLException {
    BigInteger debits = sum(rs, "debits");
    BigInteger credits = sum(rs, "credits");
    return new AccountTrialBalance(
        rs.getString("id"), rs.getString("currency"), debits, credits, credits.subtract(debits));
  }

  private static BigInteger sum(ResultSet rs, String column) throws SQLException {
    return rs.getBigDecimal(column).toBigInteger();
  }
}
