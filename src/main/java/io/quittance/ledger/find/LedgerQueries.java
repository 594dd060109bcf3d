package io.quittance.ledger.find;

import io.quittance.database.Instants;
import io.quittance.journal.AccountKey;
import io.quittance.ledger.Account;
import io.quittance.ledger.AccountIds;
import io.quittance.ledger.Transfer;
import io.quittance.web.Problem;
import io.quittance.web.query.PageRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the ledger outside the journal. Thread-safe. */
@Component
public final class LedgerQueries {

  /** One line of an account's statement. */
  public record StatementLine(
      long number,
      UUID transferId,
      long amount,
      long balanceAfter,
      @Nullable UUID paymentId,
      @Nullable String reference,
      Instant createdAt) {}

  private final JdbcClient jdbc;

  LedgerQueries(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  public Optional<Account> account(AccountKey key) {
    return jdbc.sql(
            "select " + Account.TABLE.names() + " from accounts where merchant_id = ? and id = ?")
        .param(key.merchantId())
        .param(key.id())
        .query((rs, row) -> Account.read(rs))
        .optional();
  }

  /** As {@link #account}; 404 if there is none. */
  public Account require(UUID merchantId, String id) {
    if (!AccountIds.areLike(id)) {
      throw Problem.notFound("account");
    }
    return account(new AccountKey(merchantId, id)).orElseThrow(() -> Problem.notFound("account"));
  }

  /** The accounts that match the filter, newest first. */
  public List<Account> accounts(UUID merchantId, AccountFilter filter, PageRequest page) {
    Position after = page.after().map(Position::parse).orElse(Position.FIRST);
    return jdbc.sql(
            "select "
                + Account.TABLE.names()
                + " from accounts where merchant_id = ? and (created_at, id) < (?, ?)"
                + filter.conditions()
                + " order by created_at desc, id desc limit ?")
        .param(merchantId)
        .param(after.createdAt())
        .param(after.id())
        .params(filter.values())
        .param(page.fetch())
        .query((rs, row) -> Account.read(rs))
        .list();
  }

  public static String position(Account account) {
    return account.createdAt() + " " + account.key().id();
  }

  /** The position that a page of accounts starts after. */
  private record Position(OffsetDateTime createdAt, String id) {

    static final Position FIRST = new Position(OffsetDateTime.parse("9999-12-31T00:00:00Z"), "");

    static Position parse(String text) {
      String[] parts = text.split(" ", -1);
      if (parts.length != 2 || !AccountIds.areLike(parts[1])) {
        throw Problem.invalidCursor();
      }
      return new Position(time(parts[0]), parts[1]);
    }

    private static OffsetDateTime time(String text) {
      try {
        var time = OffsetDateTime.parse(text);
        if (time.getYear() > 0 && !time.isAfter(FIRST.createdAt())) {
          return time;
        }
      } catch (DateTimeException e) {
        throw Problem.invalidCursor();
      }
      throw Problem.invalidCursor();
    }
  }

  public Optional<Transfer> transfer(UUID merchantId, UUID id) {
    return jdbc.sql(
            "select " + Transfer.TABLE.names() + " from transfers where merchant_id = ? and id = ?")
        .param(merchantId)
        .param(id)
        .query((rs, row) -> Transfer.read(rs))
        .optional();
  }

  /**
   * The entries after one number and up to another, newest first. The limit is applied to each side
   * of the transfers: otherwise the database would read the whole view before sorting it.
   */
  public List<StatementLine> statement(AccountKey key, long after, long upTo, PageRequest page) {
    return jdbc.sql(
            """
            select number, transfer_id, amount, balance_after, payment_id, reference, created_at
              from ((select from_entry as number, id as transfer_id, -amount as amount,
                            from_balance_after as balance_after, payment_id, reference,
                            ended_at as created_at
                       from transfers
                      where merchant_id = :merchant and from_account = :account
                        and from_entry > :after and from_entry <= :upTo
                      order by from_entry desc
                      limit :rows)
                    union all
                    (select to_entry, id, amount, to_balance_after, payment_id, reference, ended_at
                       from transfers
                      where merchant_id = :merchant and to_account = :account
                        and to_entry > :after and to_entry <= :upTo
                      order by to_entry desc
                      limit :rows)) e
             order by number desc
             limit :rows
            """)
        .param("merchant", key.merchantId())
        .param("account", key.id())
        .param("after", after)
        .param("upTo", Math.min(upTo, page.afterNumber().map(number -> number - 1).orElse(upTo)))
        .param("rows", page.fetch())
        .query((rs, row) -> line(rs))
        .list();
  }

  private static StatementLine line(ResultSet rs) throws SQLException {
    return new StatementLine(
        rs.getLong("number"),
        rs.getObject("transfer_id", UUID.class),
        rs.getLong("amount"),
        rs.getLong("balance_after"),
        rs.getObject("payment_id", UUID.class),
        rs.getString("reference"),
        Instants.read(rs, "created_at"));
  }
}
