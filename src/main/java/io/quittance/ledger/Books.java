package io.quittance.ledger;

import io.quittance.database.Dialect;
import io.quittance.journal.AccountKey;
import io.quittance.journal.Table;
import io.quittance.journal.UnitOfWork;
import io.quittance.journal.Writes;
import io.quittance.web.ProblemCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * The accounts and transfers of one journal transaction. The accounts are locked, so every decision
 * here holds until the commit; each account is written once, however often it moved. Confined to
 * the journal's thread.
 *
 * <p>It is long because everything that callers do with money is one list of short methods:
 * announce, check, hold, post, release. The checks are in {@link TransferRules}.
 */
public final class Books implements Table {

  @Component
  @Order(20)
  static final class Factory implements Table.Factory {

    private final BooksSql sql;

    Factory(Dialect dialect) {
      this.sql = new BooksSql(dialect);
    }

    @Override
    public Table open(UnitOfWork unit) {
      return new Books(sql, !unit.rehearsal());
    }
  }

  private final BooksSql sql;
  private final Set<TransferKey> requestedTransfers = new LinkedHashSet<>();
  private final Map<AccountKey, Account> accounts = new HashMap<>();
  private final Map<TransferKey, Transfer> transfers = new HashMap<>();
  private final List<Transfer> added = new ArrayList<>();
  private final Set<Transfer> changed = new LinkedHashSet<>();
  private final Set<TransferKey> requestedReversals = new LinkedHashSet<>();
  private final Map<TransferKey, Reversals> reversals = new HashMap<>();
  private final Posting posting = new Posting();
  private final boolean locks;

  Books(BooksSql sql, boolean locks) {
    this.sql = sql;
    this.locks = locks;
  }

  /** Announces that a stored transfer will be needed. */
  public void request(UUID merchantId, UUID transferId) {
    requestedTransfers.add(new TransferKey(merchantId, transferId));
  }

  /** Announces that a stored transfer will be reversed. */
  public void requestReversible(UUID merchantId, UUID transferId) {
    request(merchantId, transferId);
    requestedReversals.add(new TransferKey(merchantId, transferId));
  }

  /** The amount of a transfer that is not reversed yet; {@link #requestReversible} announced it. */
  public long reversible(UUID merchantId, UUID transferId) {
    return transfer(merchantId, transferId).order().money().amount()
        - reversals(merchantId, transferId).amount();
  }

  /** How many times a transfer was reversed; {@link #requestReversible} announced it. */
  public int reversalCount(UUID merchantId, UUID transferId) {
    return reversals(merchantId, transferId).count();
  }

  private Reversals reversals(UUID merchantId, UUID transferId) {
    return reversals.getOrDefault(new TransferKey(merchantId, transferId), Reversals.NONE);
  }

  /** When an account was opened; empty if there is no account with this id. */
  public Optional<Instant> openedAt(UUID merchantId, String account) {
    return Optional.ofNullable(accounts.get(new AccountKey(merchantId, account)))
        .map(Account::createdAt);
  }

  /** An account's balances, including the changes of this transaction so far. */
  public Optional<Balances> balances(UUID merchantId, String account) {
    return Optional.ofNullable(accounts.get(new AccountKey(merchantId, account)))
        .map(Account::balances);
  }

  /** An account that was announced; empty if there is no account with this id. */
  public Optional<Account> find(AccountKey key) {
    return Optional.ofNullable(accounts.get(key));
  }

  /** Why this order cannot be carried out now; empty if it can. */
  public Optional<Refusal> refusal(TransferOrder order) {
    return refusal(order, AccountStatus::refusal, AccountFields.of(order));
  }

  /** As {@link #refusal}, for refunds, which frozen accounts allow. */
  public Optional<Refusal> refusalOfReturn(TransferOrder order) {
    return refusal(order, AccountStatus::refusalOfReturn, AccountFields.NONE);
  }

  private Optional<Refusal> refusal(
      TransferOrder order,
      Function<AccountStatus, Optional<ProblemCode>> ofStatus,
      AccountFields fields) {
    return TransferRules.refusal(
        order, accounts.get(order.fromKey()), accounts.get(order.toKey()), ofStatus, fields);
  }

  /**
   * Holds the payer's funds. The order must have been checked with {@link #refusal}.
   *
   * @param expiresAt the instant from which the hold can no longer be posted; null: none
   */
  public void hold(TransferOrder order, Instant now, @Nullable Instant expiresAt) {
    add(new Transfer(order, now, expiresAt));
    account(order.fromKey()).holdOut(order.money().amount());
    account(order.toKey()).holdIn(order.money().amount());
  }

  /** Moves the money at once. The order must have been checked with {@link #refusal}. */
  public Transfer move(TransferOrder order, Instant now) {
    hold(order, now, null);
    post(order.merchantId(), order.id(), now);
    return transfer(order.merchantId(), order.id());
  }

  private void add(Transfer transfer) {
    TransferOrder order = transfer.order();
    transfers.put(new TransferKey(order.merchantId(), order.id()), transfer);
    added.add(transfer);
    if (order.reversal() != null) {
      UUID of = order.reversal().of();
      reversals.put(
          new TransferKey(order.merchantId(), of),
          reversals(order.merchantId(), of).and(order.money().amount()));
    }
  }

  /** Whether a hold may still be posted. */
  public boolean postable(UUID merchantId, UUID transferId, Instant now) {
    return transfer(merchantId, transferId).postable(now);
  }

  /**
   * Posts a hold: the money moves.
   *
   * @throws IllegalStateException it is not {@link #postable}
   */
  public void post(UUID merchantId, UUID transferId, Instant now) {
    Transfer transfer = transfer(merchantId, transferId);
    if (!transfer.postable(now)) {
      throw new IllegalStateException("the hold %s cannot be posted".formatted(transferId));
    }
    posting.post(
        transfer, account(transfer.order().fromKey()), account(transfer.order().toKey()), now);
    changed.add(transfer);
  }

  /**
   * Posts part of a hold and releases the rest.
   *
   * @param amount in minor units, no more than is held
   */
  public void postPart(UUID merchantId, UUID transferId, long amount, Instant now) {
    long rest = transfer(merchantId, transferId).order().money().amount() - amount;
    if (rest > 0) {
      reduce(merchantId, transferId, rest);
    }
    post(merchantId, transferId, now);
  }

  /** Posts part of a hold as a separate transfer; the hold continues with the rest. */
  public void capture(UUID transferId, TransferOrder part, Instant now) {
    if (!postable(part.merchantId(), transferId, now)) {
      throw new IllegalStateException("the hold %s cannot be posted".formatted(transferId));
    }
    reduce(part.merchantId(), transferId, part.money().amount());
    move(part, now);
  }

  private void reduce(UUID merchantId, UUID transferId, long amount) {
    Transfer transfer = transfer(merchantId, transferId);
    transfer.reduce(amount);
    account(transfer.order().fromKey()).releaseOut(amount);
    account(transfer.order().toKey()).releaseIn(amount);
    changed.add(transfer);
  }

  /** Releases a hold: it ends as voided, or as expired if it had expired. */
  public void release(UUID merchantId, UUID transferId, Instant now) {
    Transfer transfer = transfer(merchantId, transferId);
    long amount = transfer.order().money().amount();
    transfer.release(now);
    account(transfer.order().fromKey()).releaseOut(amount);
    account(transfer.order().toKey()).releaseIn(amount);
    changed.add(transfer);
  }

  /** Changes the expiry of a hold. */
  public void extend(UUID merchantId, UUID transferId, Instant expiresAt) {
    Transfer transfer = transfer(merchantId, transferId);
    transfer.extend(expiresAt);
    changed.add(transfer);
  }

  /**
   * Assumes, in a rehearsal, that an account exists.
   *
   * @throws IllegalStateException this is not a rehearsal
   */
  public void assumeAccount(AccountKey key, AccountTerms terms, Instant now) {
    if (locks) {
      throw new IllegalStateException("accounts are assumed in rehearsals only");
    }
    accounts.putIfAbsent(key, Account.opened(key, terms, now));
  }

  private Account account(AccountKey key) {
    return Objects.requireNonNull(
        accounts.get(key), () -> "not among the command's accounts, or does not exist: " + key);
  }

  /** A transfer that was announced, or was made by this transaction. */
  public Transfer transfer(UUID merchantId, UUID id) {
    return Objects.requireNonNull(
        transfers.get(new TransferKey(merchantId, id)),
        () -> "not requested in prepare(), or does not exist: " + id);
  }

  @Override
  public Set<AccountKey> lock(JdbcOperations jdbc, Set<AccountKey> keys) {
    List<Account> found = locks ? sql.lock(jdbc, keys) : sql.read(jdbc, keys);
    found.forEach(account -> accounts.put(account.key(), account));
    Set<AccountKey> missing = new HashSet<>(keys);
    missing.removeAll(accounts.keySet());
    return missing.isEmpty() || !locks ? Set.of() : sql.lockedElsewhere(jdbc, missing);
  }

  @Override
  public void awaitLock(JdbcOperations jdbc, AccountKey account) {
    sql.awaitLock(jdbc, account);
  }

  @Override
  public void load(JdbcOperations jdbc) {
    if (!requestedReversals.isEmpty()) {
      reversals.putAll(sql.sumReversals(jdbc, requestedReversals));
    }
    if (!requestedTransfers.isEmpty()) {
      sql.findTransfers(jdbc, requestedTransfers)
          .forEach(
              transfer ->
                  transfers.put(
                      new TransferKey(transfer.order().merchantId(), transfer.order().id()),
                      transfer));
    }
  }

  @Override
  public void flush(Writes writes, Instant now) {
    Collection<Account> moved = accounts.values().stream().filter(Account::changed).toList();
    changed.removeAll(added);
    writes.insert(Transfer.TABLE, added);
    writes.update(Transfer.TABLE, changed);
    writes.update(Account.TABLE, moved);
    writes.update(Account.TEXTS, moved.stream().filter(Account::renamed).toList());
  }
}
