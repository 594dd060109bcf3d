package io.quittance.ledger.change;

import io.quittance.concurrency.Deadline;
import io.quittance.idempotency.Keyed;
import io.quittance.idempotency.KeyedCommand;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.identity.Origin;
import io.quittance.journal.AccountKey;
import io.quittance.journal.Journal;
import io.quittance.ledger.AccountKind;
import io.quittance.ledger.AccountTerms;
import io.quittance.ledger.TransferOrder;
import io.quittance.ledger.find.LedgerQueries;
import io.quittance.money.Money;
import io.quittance.web.TypeId;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** Operations of the ledger for other modules, outside of their own commands. Thread-safe. */
@Service
public final class Ledger {

  private static final String NO_METADATA = "{}";

  private final LedgerQueries queries;
  private final AccountOpening opening;
  private final Journal journal;

  Ledger(LedgerQueries queries, AccountOpening opening, Journal journal) {
    this.queries = queries;
    this.opening = opening;
    this.journal = journal;
  }

  /** Opens an account unless it exists. */
  public void ensureAccount(UUID merchantId, String id, String currency, boolean external) {
    AccountKind kind = external ? AccountKind.EXTERNAL : AccountKind.STANDARD;
    opening.open(new AccountKey(merchantId, id), AccountTerms.of(currency, kind), Origin.SYSTEM);
  }

  /** Whether an account has any entry. */
  public boolean hasEntries(UUID merchantId, String id) {
    return queries.account(new AccountKey(merchantId, id)).orElseThrow().entryCount() > 0;
  }

  /** Moves money under a key, unless that was done before, and waits until it is committed. */
  public void transfer(KeyedRequest request, String from, String to, Money money, Deadline deadline)
      throws InterruptedException {
    var order =
        new TransferOrder(
            request.merchantId(), TypeId.next(), from, to, money, null, null, NO_METADATA);
    var transfer = new KeyedCommand<>(request, new PostTransfer(request, order));
    if (deadline.await(journal.submit(transfer, deadline))
        instanceof
        Keyed.First<TransferCommand.Result>(TransferCommand.Result.Refused(var refusal))) {
      throw new IllegalStateException("a transfer is refused: " + refusal.detail());
    }
  }
}
