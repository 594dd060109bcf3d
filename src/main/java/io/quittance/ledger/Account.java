package io.quittance.ledger;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.journal.AccountKey;
import io.quittance.journal.TableColumns;
import io.quittance.money.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An account and its balances in minor units. Every change keeps {@code posted − pending_out +
 * overdraft_limit ≥ 0} on a standard account. A hold that {@link #fits} can be posted or released
 * later, in any order with others, without any balance leaving its range. Confined to one thread.
 */
final class Account {

  static final TableColumns<Account> TABLE =
      TableColumns.<Account>of("accounts")
          .key("merchant_id", "uuid", account -> account.key.merchantId())
          .key("id", "varchar", account -> account.key.id())
          .fixed("currency", "varchar", account -> account.terms.currency())
          .fixed("name", "varchar", account -> account.terms.name())
          .fixed("kind", "varchar", account -> account.terms.kind().text())
          .fixed("overdraft_limit", "bigint", account -> account.terms.overdraftLimit())
          .fixed("metadata", "varchar", account -> account.terms.metadataJson())
          .fixed("created_at", "timestamp", Account::createdAt)
          .changing("posted", "bigint", Account::posted)
          .changing("pending_out", "bigint", Account::pendingOut)
          .changing("pending_in", "bigint", Account::pendingIn)
          .changing("entry_count", "bigint", Account::entryCount)
          .changing("chain_head", "bytea", Account::chainHead)
          .build();

  /** Whether the balance has a floor. */
  enum Kind {
    STANDARD,
    EXTERNAL;

    @JsonValue
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Kind from(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  /** What the merchant said when it opened the account. */
  record Terms(
      String currency,
      @Nullable String name,
      Kind kind,
      long overdraftLimit,
      String metadataJson) {}

  private final AccountKey key;
  private final Terms terms;
  private final Instant createdAt;
  private long posted;
  private long pendingOut;
  private long pendingIn;
  private long entryCount;
  private byte @Nullable [] chainHead;
  private boolean changed;

  private Account(AccountKey key, Terms terms, Instant createdAt) {
    this.key = key;
    this.terms = terms;
    this.createdAt = createdAt;
  }

  static Account read(ResultSet rs) throws SQLException {
    var account =
        new Account(
            new AccountKey(rs.getObject("merchant_id", UUID.class), rs.getString("id")),
            new Terms(
                rs.getString("currency"),
                rs.getString("name"),
                Kind.from(rs.getString("kind")),
                rs.getLong("overdraft_limit"),
                rs.getString("metadata")),
            Objects.requireNonNull(rs.getObject("created_at", OffsetDateTime.class)).toInstant());
    account.posted = rs.getLong("posted");
    account.pendingOut = rs.getLong("pending_out");
    account.pendingIn = rs.getLong("pending_in");
    account.entryCount = rs.getLong("entry_count");
    account.chainHead = rs.getBytes("chain_head");
    return account;
  }

  boolean canPay(long amount) {
    return terms.kind() == Kind.EXTERNAL || available() >= amount;
  }

  /**
   * Whether every balance stays between −{@link Money#MAX_AMOUNT} and that, {@code available}
   * included, whichever of the holds are posted in the end.
   *
   * @param out what is to be held for payments from the account besides, in minor units
   * @param in what is to be held for payments to it
   */
  boolean fits(long out, long in) {
    boolean summable =
        Math.max(posted, -posted) <= Money.MAX_AMOUNT
            && pendingOut <= Money.MAX_AMOUNT - out
            && pendingIn <= Money.MAX_AMOUNT - in;
    return summable
        && posted - pendingOut - out >= -Money.MAX_AMOUNT
        && posted + pendingIn + in + overdraft() <= Money.MAX_AMOUNT;
  }

  /** An external account has no floor, and so no overdraft. */
  private long overdraft() {
    return terms.kind() == Kind.EXTERNAL ? 0 : terms.overdraftLimit();
  }

  void holdOut(long amount) {
    pendingOut = Math.addExact(pendingOut, amount);
    changed = true;
  }

  void holdIn(long amount) {
    pendingIn = Math.addExact(pendingIn, amount);
    changed = true;
  }

  void releaseOut(long amount) {
    pendingOut = Math.subtractExact(pendingOut, amount);
    changed = true;
  }

  void releaseIn(long amount) {
    pendingIn = Math.subtractExact(pendingIn, amount);
    changed = true;
  }

  /** Adds a signed entry and returns its number: 1, 2, 3, … per account. */
  long enter(long signedAmount) {
    posted = Math.addExact(posted, signedAmount);
    changed = true;
    return ++entryCount;
  }

  /** Makes this hash the latest of the account's chain, and returns it. */
  byte[] chain(byte[] hash) {
    chainHead = hash;
    changed = true;
    return hash;
  }

  long available() {
    return posted - pendingOut + terms.overdraftLimit();
  }

  Balances balances() {
    return new Balances(posted, pendingOut, pendingIn, available());
  }

  AccountKey key() {
    return key;
  }

  Terms terms() {
    return terms;
  }

  Instant createdAt() {
    return createdAt;
  }

  long posted() {
    return posted;
  }

  long pendingOut() {
    return pendingOut;
  }

  long pendingIn() {
    return pendingIn;
  }

  long entryCount() {
    return entryCount;
  }

  /** The hash of the latest entry; null as long as no entry has one. */
  byte @Nullable [] chainHead() {
    return chainHead;
  }

  boolean changed() {
    return changed;
  }
}
