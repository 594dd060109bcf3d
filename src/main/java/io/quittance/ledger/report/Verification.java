package io.quittance.ledger.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quittance.ledger.Account;
import io.quittance.ledger.EntryChain;
import io.quittance.ledger.EntryContent;
import io.quittance.ledger.report.AccountCheck.Finding;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes a merchant's books from their entries: numbers, balances and hashes, and compares the
 * accounts' rows with them. Stops after the group of accounts with the first error. Used once.
 */
final class Verification {

  /** The error that was found, and how much was checked. */
  record Result(
      long accounts,
      long entries,
      long unchained,
      @Nullable String digest,
      @Nullable Finding firstBad) {}

  private static final int ACCOUNTS_AT_ONCE = 500;

  /** In the order of the id's bytes, which does not depend on the database's collation. */
  private static final String ACCOUNTS =
      "select "
          + Account.TABLE.names()
          + """
             from accounts
            where merchant_id = ? and (id = ? or ? = '')
            order by cast(id as bytea)
          """;

  private static final String ENTRIES =
      """
      select t.from_account as account_id, t.from_entry as number, -t.amount as amount,
             t.from_balance_after as balance_after, t.from_hash as hash,
             t.to_account as counterparty, t.id, t.currency, t.payment_id, t.reference, t.metadata,
             t.reverses, t.reason, t.created_at, t.ended_at
        from unnest(cast(? as varchar array)) as k(id)
        join transfers t on t.merchant_id = ? and t.from_account = k.id and t.from_entry is not null
      union all
      select t.to_account, t.to_entry, t.amount, t.to_balance_after, t.to_hash,
             t.from_account, t.id, t.currency, t.payment_id, t.reference, t.metadata,
             t.reverses, t.reason, t.created_at, t.ended_at
        from unnest(cast(? as varchar array)) as k(id)
        join transfers t on t.merchant_id = ? and t.to_account = k.id and t.to_entry is not null
       order by account_id, number
      """;

  private static final String ENTRIES_OF_NO_ACCOUNT =
      """
      select account_id, number, transfer_id
        from entries e
       where merchant_id = ?
         and not exists (select 1 from accounts a where a.merchant_id = e.merchant_id and a.id = e.account_id)
       order by account_id, number
       limit 1
      """;

  private final Reports.Snapshot books;
  private final UUID merchantId;
  private final Instant digestBefore;
  private final EntryChain chain = new EntryChain();
  private final MessageDigest digest = DigestUtils.getSha256Digest();
  private long accounts;
  private long entries;
  private long unchained;
  private @Nullable Finding firstBad;

  /**
   * A verification of these books.
   *
   * @param digestBefore entries and accounts from this instant on are left out of the digest
   */
  Verification(Reports.Snapshot books, UUID merchantId, Instant digestBefore) {
    this.books = books;
    this.merchantId = merchantId;
    this.digestBefore = digestBefore;
  }

  /** Checks one account, or if that is null, all of them. */
  Result run(@Nullable String account) {
    String filter = account == null ? "" : account;
    books.query(ACCOUNTS, this::checkAccounts, merchantId, filter, filter);
    if (firstBad == null && account == null) {
      books.query(ENTRIES_OF_NO_ACCOUNT, this::checkNoneLeft, merchantId);
    }
    String result = firstBad == null ? HexFormat.of().formatHex(digest.digest()) : null;
    return new Result(accounts, entries, unchained, result, firstBad);
  }

  private boolean checkAccounts(ResultSet rs) throws SQLException {
    var checks = new LinkedHashMap<String, AccountCheck>();
    while (firstBad == null && rs.next()) {
      Account account = Account.read(rs);
      checks.put(account.key().id(), new AccountCheck(account, chain, digestBefore));
      if (checks.size() == ACCOUNTS_AT_ONCE) {
        check(checks);
        checks.clear();
      }
    }
    check(checks);
    return true;
  }

  private void check(Map<String, AccountCheck> checks) {
    String[] ids = checks.keySet().toArray(String[]::new);
    books.query(
        ENTRIES,
        rs -> {
          while (rs.next()) {
            books.checkTime();
            EntryContent entry = EntryContent.read(rs);
            Objects.requireNonNull(checks.get(entry.account())).next(entry, rs.getBytes("hash"));
          }
          return true;
        },
        ids,
        merchantId,
        ids,
        merchantId);
    for (AccountCheck check : checks.values()) {
      accounts++;
      entries += check.entries();
      unchained += check.unchained();
      Finding finding = check.finish();
      if (finding != null) {
        firstBad = finding;
        return;
      }
      if (check.account().createdAt().isBefore(digestBefore)) {
        addToDigest(check);
      }
    }
  }

  private void addToDigest(AccountCheck check) {
    byte[] id = check.account().key().id().getBytes(UTF_8);
    digest.update(
        ByteBuffer.allocate(4 + id.length + 8)
            .putInt(id.length)
            .put(id)
            .putLong(check.digestEntries())
            .array());
    digest.update(check.digestHead());
  }

  private boolean checkNoneLeft(ResultSet rs) throws SQLException {
    if (rs.next()) {
      firstBad =
          new Finding(
              rs.getString("account_id"),
              rs.getLong("number"),
              rs.getObject("transfer_id", UUID.class),
              "account_missing");
    }
    return true;
  }
}
