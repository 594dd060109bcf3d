package io.quittance.ledger;

import io.quittance.database.Instants;
import io.quittance.journal.AccountKey;
import io.quittance.journal.TableColumns;
import io.quittance.money.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An account and its balances in minor units. Every change keeps {@code posted − pending_out +
 * overdraft_limit ≥ 0} on a standard account. A hold that {@link #fits} can be posted or released
 * later, in any order with others, without any balance leaving its range. Confined to one thread.
 */
public final class Account {

  public static final TableColumns<Account> TABLE =
      TableColumns.<Account>of("accounts")
          .key("merchant_id", "uuid", account -> account.key.merchantId())
          .key("id", "varchar", account -> account.key.id())
          .fixed("currency", "varchar", account -> account.terms.currency())
          .fixed("name", "varchar", account -> account.terms.name())
          .fixed("kind", "varchar", account -> account.terms.kind().text())
          .fixed("metadata", "varchar", account -> account.terms.metadataJson())
          .fixed("created_at", "timestamp", Account::createdAt)
          .changing("posted", "bigint", Account::posted)
          .changing("pending_out", "bigint", Account::pendingOut)
          .changing("pending_in", "bigint", Account::pendingIn)
          .changing("entry_count", "bigint", Account::entryCount)
          .changing("chain_head", "bytea", Account::chainHead)
          .changing("last_entry_at", "timestamp", Account::lastEntryAt)
          .changing("overdraft_limit", "bigint", account -> account.terms.overdraftLimit())
          .changing("status", "varchar", account -> account.status.text())
          .build();

  /** Columns that are long and rarely change. */
  static final TableColumns<Account> TEXTS =
      TableColumns.<Account>of("accounts")
          .key("merchant_id", "uuid", account -> account.key.merchantId())
          .key("id", "varchar", account -> account.key.id())
          .changing("name", "varchar", account -> account.terms.name())
          .changing("metadata", "varchar", account -> account.terms.metadataJson())
          .build();

  private final AccountKey key;
  private final Instant createdAt;
  private AccountTerms terms;
  private AccountStatus status;
  private long posted;
  private long pendingOut;
  private long pendingIn;
  private long entryCount;
  private @Nullable Instant lastEntryAt;
  private byte @Nullable [] chainHead;
  private boolean changed;
  private boolean renamed;

  private Account(AccountKey key, AccountTerms terms, AccountStatus status, Instant createdAt) {
    this.key = key;
    this.terms = terms;
    this.status = status;
    this.createdAt = createdAt;
  }

  /** A new account, open and with balances of zero. */
  static Account opened(AccountKey key, AccountTerms terms, Instant now) {
    return new Account(key, terms, AccountStatus.OPEN, now);
  }

  public static Account read(ResultSet rs) throws SQLException {
    var account =
        new Account(
            new AccountKey(rs.getObject("merchant_id", UUID.class), rs.getString("id")),
            new AccountTerms(
                rs.getString("currency"),
                rs.getString("name"),
                AccountKind.from(rs.getString("kind")),
                rs.getLong("overdraft_limit"),
                rs.getString("metadata")),
            AccountStatus.from(rs.getString("status")),
            Instants.read(rs, "created_at"));
    account.posted = rs.getLong("posted");
    account.pendingOut = rs.getLong("pending_out");
    account.pendingIn = rs.getLong("pending_in");
    account.entryCount = rs.getLong("entry_count");
    account.chainHead = rs.getBytes("chain_head");
    account.lastEntryAt = Instants.readOrNull(rs, "last_entry_at");
    return account;
  }

  /** Changes the account. Must be called only if {@link AccountPatch#refusal} is empty. */
  public void change(AccountPatch change) {
    renamed |= change.name() != null || change.metadataJson() != null;
    terms = terms.with(change);
    status = change.status() == null ? status : change.status();
    changed = true;
  }

  boolean canPay(long amount) {
    return terms.kind() == AccountKind.EXTERNAL || available() >= amount;
  }

  /**
   * Whether every balance, {@code available} included, stays between −{@link Money#MAX_AMOUNT} and
   * {@link Money#MAX_AMOUNT}, whichever of the holds are posted in the end.
   *
   * @param out the additional amount to hold for payments from the account, in minor units
   * @param in the additional amount to hold for payments to it
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

  /** An external account has no lower limit, and so no overdraft. */
  private long overdraft() {
    return terms.kind() == AccountKind.EXTERNAL ? 0 : terms.overdraftLimit();
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

  /** This instant, or that of the account's latest entry if it is later. */
  Instant notBeforeLastEntry(Instant instant) {
    return lastEntryAt == null || instant.isAfter(lastEntryAt) ? instant : lastEntryAt;
  }

  /** Adds a signed entry and returns its number: 1, 2, 3, … in each account. */
  long enter(long signedAmount, Instant at) {
    posted = Math.addExact(posted, signedAmount);
    lastEntryAt = at;
    changed = true;
    return ++entryCount;
  }

  /** Sets the latest hash of the account's chain, and returns it. */
  byte[] chain(byte[] hash) {
    chainHead = hash;
    changed = true;
    return hash;
  }

  long available() {
    return posted - pendingOut + terms.overdraftLimit();
  }

  public Balances balances() {
    return new Balances(
        posted, pendingOut, pendingIn, terms.kind() == AccountKind.EXTERNAL ? null : available());
  }

  public AccountKey key() {
    return key;
  }

  public AccountTerms terms() {
    return terms;
  }

  public AccountStatus status() {
    return status;
  }

  public Instant createdAt() {
    return createdAt;
  }

  public long posted() {
    return posted;
  }

  long pendingOut() {
    return pendingOut;
  }

  long pendingIn() {
    return pendingIn;
  }

  public long entryCount() {
    return entryCount;
  }

  /** The hash of the latest entry; null if no entry has one. */
  public byte @Nullable [] chainHead() {
    return chainHead;
  }

  /** The time of the latest entry; null: none since this column exists. */
  public @Nullable Instant lastEntryAt() {
    return lastEntryAt;
  }

  boolean changed() {
    return changed;
  }

  /** Whether its name or its metadata changed and have to be written. */
  boolean renamed() {
    return renamed;
  }
}
