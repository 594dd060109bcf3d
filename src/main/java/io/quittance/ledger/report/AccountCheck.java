package io.quittance.ledger.report;

import io.quittance.ledger.Account;
import io.quittance.ledger.EntryChain;
import io.quittance.ledger.EntryContent;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Checks one account's entries in the order of their numbers, up to the first bad one. */
final class AccountCheck {

  /** An error of an entry, or of the account (then without a number). */
  record Finding(
      String accountId, @Nullable Long number, @Nullable UUID transferId, String reason) {}

  private final Account account;
  private final EntryChain chain;
  private final Instant digestBefore;
  private long entries;
  private long unchained;
  private long balance;
  private byte @Nullable [] head;
  private @Nullable Instant lastEntryAt;
  private long digestEntries;
  private byte[] digestHead;
  private @Nullable Finding finding;

  /**
   * Starts the check of an account.
   *
   * @param digestBefore entries from this instant on are left out of the digest
   */
  AccountCheck(Account account, EntryChain chain, Instant digestBefore) {
    this.account = account;
    this.chain = chain;
    this.digestBefore = digestBefore;
    this.digestHead = chain.start(account.key(), 0, 0);
  }

  /** Checks the next entry, with its stored hash. */
  void next(EntryContent entry, byte @Nullable [] hash) {
    if (finding != null) {
      return;
    }
    long expected = entries + 1;
    if (entry.number() > account.entryCount() || entry.number() < 1) {
      bad(entry, "beyond_entry_count");
    } else if (entry.number() > expected) {
      finding = new Finding(account.key().id(), expected, null, "missing");
    } else if (entry.number() < expected) {
      bad(entry, "duplicate_number");
    } else if (hash == null && head != null) {
      bad(entry, "hash_missing");
    } else if (hash != null && !follows(entry, hash)) {
      bad(entry, "hash_mismatch");
    } else if (entry.balanceAfter() != balance + entry.amount()) {
      bad(entry, "balance_mismatch");
    } else if (lastEntryAt != null && entry.postedAt().isBefore(lastEntryAt)) {
      bad(entry, "time_goes_back");
    } else if (!entry.currency().equals(account.terms().currency())) {
      bad(entry, "currency_mismatch");
    } else {
      accept(entry, hash);
    }
  }

  private boolean follows(EntryContent entry, byte[] hash) {
    return MessageDigest.isEqual(hash, chain.next(head, account.key().merchantId(), entry));
  }

  private void accept(EntryContent entry, byte @Nullable [] hash) {
    entries++;
    balance = entry.balanceAfter();
    head = hash;
    lastEntryAt = entry.postedAt();
    if (hash == null) {
      unchained++;
    }
    if (entry.postedAt().isBefore(digestBefore)) {
      digestEntries = entries;
      digestHead = hash != null ? hash : chain.start(account.key(), entries, balance);
    }
  }

  private void bad(EntryContent entry, String reason) {
    finding = new Finding(account.key().id(), entry.number(), entry.transferId(), reason);
  }

  /** The error that was found; null: none. To be called after all entries. */
  @Nullable Finding finish() {
    if (finding == null && entries < account.entryCount()) {
      finding = new Finding(account.key().id(), entries + 1, null, "missing");
    } else if (finding == null && account.posted() != balance) {
      finding = new Finding(account.key().id(), null, null, "account_balance_mismatch");
    } else if (finding == null && !MessageDigest.isEqual(head, account.chainHead())) {
      finding = new Finding(account.key().id(), null, null, "account_head_mismatch");
    } else if (finding == null
        && account.lastEntryAt() != null
        && !account.lastEntryAt().equals(lastEntryAt)) {
      finding = new Finding(account.key().id(), null, null, "account_time_mismatch");
    }
    return finding;
  }

  Account account() {
    return account;
  }

  long entries() {
    return entries;
  }

  /** The number of entries without a hash, from before the chain existed. */
  long unchained() {
    return unchained;
  }

  /** The number of entries that the digest covers. */
  long digestEntries() {
    return digestEntries;
  }

  /** The hash of the latest entry that the digest covers. */
  byte[] digestHead() {
    return digestHead;
  }
}
