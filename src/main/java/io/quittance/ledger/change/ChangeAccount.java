package io.quittance.ledger.change;

import io.quittance.audit.AuditEntry;
import io.quittance.audit.AuditTable;
import io.quittance.identity.Origin;
import io.quittance.journal.AccountKey;
import io.quittance.journal.Command;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Account;
import io.quittance.ledger.AccountPatch;
import io.quittance.ledger.Books;
import io.quittance.ledger.Refusal;
import io.quittance.ledger.find.LedgerBodies.AccountBody;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Changes an account under its lock: each movement is decided entirely before or entirely after it,
 * so that an account is never closed while a payment comes in.
 */
record ChangeAccount(AccountKey key, AccountPatch change, Origin origin)
    implements Command<ChangeAccount.Result> {

  /** The result. */
  sealed interface Result {

    /** The account after the change. */
    record Changed(AccountBody account) implements Result {}

    record Refused(Refusal refusal) implements Result {}

    record NotFound() implements Result {}
  }

  @Override
  public UUID merchantId() {
    return key.merchantId();
  }

  @Override
  public Set<String> accounts() {
    return Set.of(key.id());
  }

  @Override
  public long weight() {
    return change.metadataJson() == null ? 0 : change.metadataJson().length();
  }

  @Override
  public void prepare(UnitOfWork unit) {
    // It needs only the account.
  }

  @Override
  public Result decide(UnitOfWork unit) {
    Optional<Account> found = unit.table(Books.class).find(key);
    if (found.isEmpty()) {
      return new Result.NotFound();
    }
    Account account = found.get();
    Optional<Refusal> refusal = change.refusal(account);
    if (refusal.isPresent()) {
      return new Result.Refused(refusal.get());
    }
    Map<String, Object> differences = change.differences(account);
    if (!differences.isEmpty()) {
      account.change(change);
      unit.table(AuditTable.class)
          .add(AuditEntry.of(key.merchantId(), origin, "account.changed", key.id(), differences));
    }
    return new Result.Changed(AccountBody.from(account));
  }
}
