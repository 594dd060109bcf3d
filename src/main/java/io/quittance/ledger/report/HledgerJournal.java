package io.quittance.ledger.report;

import io.quittance.database.Instants;
import io.quittance.ledger.AccountKind;
import io.quittance.web.TypeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes a merchant's books as a journal for hledger: declarations, opening balances, each posted
 * transfer, and at the end the accounts' balances as assertions. Used once.
 */
final class HledgerJournal {

  private static final String ACCOUNTS =
      """
      select id, kind, currency, posted from accounts where merchant_id = ? order by id
      """;

  private static final String TRANSFERS =
      """
      select id, from_account, to_account, amount, currency, payment_id, reference, ended_at
        from transfers
       where merchant_id = ? and state = 'posted' and ended_at >= ? and ended_at < ?
       order by ended_at, id
      """;

  /** The balances after the last entries before an instant. */
  private static final String BALANCES_BEFORE =
      """
      select a.id, a.currency, coalesce(e.balance_after, 0) as posted
        from accounts a
        left join (select account_id, max(number) as number
                     from entries where merchant_id = ? and created_at < ?
                    group by account_id) latest
          on latest.account_id = a.id
        left join entries e
          on e.merchant_id = a.merchant_id and e.account_id = a.id and e.number = latest.number
       where a.merchant_id = ?
       order by a.id
      """;

  private static final Instant BEGINNING = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant FOREVER = Instant.parse("9999-12-31T23:59:59Z");
  private static final LocalDate FIRST_DATE = LocalDate.of(1, 1, 1);
  private static final LocalDate LAST_DATE = LocalDate.of(9999, 12, 31);

  private final Reports.Snapshot books;
  private final UUID merchantId;
  private final Period period;
  private final Writer out;
  private long transfers;
  private @Nullable LocalDate lastDate;

  HledgerJournal(Reports.Snapshot books, UUID merchantId, Period period, Writer out) {
    this.books = books;
    this.merchantId = merchantId;
    this.period = period;
    this.out = out;
  }

  void write() throws IOException {
    Instant from = period.from() == null ? BEGINNING : period.from();
    Instant to = period.to() == null || period.to().isAfter(books.now()) ? FOREVER : period.to();
    out.write("; Quittance ledger\n");
    out.write("decimal-mark .\n\n");
    declare();
    if (period.from() != null) {
      openingBalances(from);
    }
    rows(TRANSFERS, this::transfer, merchantId, Instants.parameter(from), Instants.parameter(to));
    closingBalances(to);
    out.write("; end of journal: %d transfers\n".formatted(transfers));
  }

  private void declare() throws IOException {
    rows(
        "select distinct currency from accounts where merchant_id = ? order by currency",
        rs -> out.write("commodity " + HledgerText.sample(rs.getString("currency")) + "\n"),
        merchantId);
    out.write("\n");
    rows(ACCOUNTS, this::declareAccount, merchantId);
    out.write("\n");
  }

  /** Ordinary accounts are assets; external ones, where the money came from, are equity. */
  private void declareAccount(ResultSet rs) throws SQLException, IOException {
    boolean external = AccountKind.from(rs.getString("kind")) == AccountKind.EXTERNAL;
    out.write(
        "account %s  ; type: %s\n"
            .formatted(HledgerText.account(rs.getString("id")), external ? "E" : "A"));
  }

  private void transfer(ResultSet rs) throws SQLException, IOException {
    UUID paymentId = rs.getObject("payment_id", UUID.class);
    String reference = rs.getString("reference");
    Instant postedAt = Instants.read(rs, "ended_at");
    String currency = rs.getString("currency");
    long amount = rs.getLong("amount");
    heading(
        date(postedAt),
        "(%s) %s"
            .formatted(
                TypeId.format("trf", rs.getObject("id", UUID.class)),
                reference != null
                    ? HledgerText.description(reference)
                    : paymentId != null ? "payment" : "transfer"),
        (paymentId == null ? "" : "payment_id:" + TypeId.format("pay", paymentId) + ", ")
            + "posted_at:"
            + postedAt);
    posting(rs.getString("from_account"), HledgerText.amount(-amount, currency));
    posting(rs.getString("to_account"), HledgerText.amount(amount, currency));
    out.write("\n");
    transfers++;
  }

  private void openingBalances(Instant from) throws IOException {
    heading(date(from), "opening balances", "");
    rows(
        BALANCES_BEFORE,
        rs -> {
          if (rs.getLong("posted") != 0) {
            posting(
                rs.getString("id"),
                HledgerText.amount(rs.getLong("posted"), rs.getString("currency")));
          }
        },
        merchantId,
        Instants.parameter(from),
        merchantId);
    out.write("\n");
  }

  /**
   * Asserts the final balance of every account. If no entries come later, it is read from the
   * account's own row, so that hledger compares two independent sources.
   */
  private void closingBalances(Instant to) throws IOException {
    LocalDate date = date(to.equals(FOREVER) ? books.now() : to.minusMillis(1));
    heading(lastDate != null && date.isBefore(lastDate) ? lastDate : date, "closing balances", "");
    RowWriter assertion =
        rs -> {
          String currency = rs.getString("currency");
          posting(
              rs.getString("id"),
              HledgerText.amount(0, currency)
                  + " == "
                  + HledgerText.amount(rs.getLong("posted"), currency));
        };
    if (to.equals(FOREVER)) {
      rows(ACCOUNTS, assertion, merchantId);
    } else {
      rows(BALANCES_BEFORE, assertion, merchantId, Instants.parameter(to), merchantId);
    }
    out.write("\n");
  }

  private void heading(LocalDate date, String text, String comment) throws IOException {
    lastDate = date;
    out.write("%s * %s%s\n".formatted(date, text, comment.isEmpty() ? "" : "  ; " + comment));
  }

  private void posting(String account, String amount) throws IOException {
    out.write("    " + HledgerText.account(account) + "  " + amount + "\n");
  }

  /** Clamps the date to the years that hledger reads: a period may begin or end at their limits. */
  private static LocalDate date(Instant instant) {
    LocalDate date = LocalDate.ofInstant(instant, ZoneOffset.UTC);
    return date.isBefore(FIRST_DATE) ? FIRST_DATE : date.isAfter(LAST_DATE) ? LAST_DATE : date;
  }

  /** Writes one row. */
  private interface RowWriter {
    void write(ResultSet rs) throws SQLException, IOException;
  }

  private void rows(String sql, RowWriter row, Object... parameters) {
    books.query(
        sql,
        rs -> {
          while (rs.next()) {
            books.checkTime();
            try {
              row.write(rs);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
          return true;
        },
        parameters);
  }
}
