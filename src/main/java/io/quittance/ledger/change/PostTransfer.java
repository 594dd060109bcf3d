package io.quittance.ledger.change;

import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyTakenException;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.Command;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import io.quittance.ledger.Refusal;
import io.quittance.ledger.Transfer;
import io.quittance.ledger.TransferOrder;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Moves money at once, under an idempotency key; a refusal is kept under the key, too. */
record PostTransfer(KeyedRequest request, TransferOrder order)
    implements Command<PostTransfer.Result> {

  /** What came of it. */
  sealed interface Result {
    record Posted(Transfer transfer) implements Result {}

    record Refused(Refusal refusal) implements Result {}

    record KeyTaken(KeyTakenException by) implements Result {}
  }

  @Override
  public UUID merchantId() {
    return order.merchantId();
  }

  @Override
  public Set<String> accounts() {
    return order.accounts();
  }

  @Override
  public void prepare(UnitOfWork unit) {
    unit.table(IdempotencyKeys.class).request(request);
  }

  @Override
  public Result decide(UnitOfWork unit) {
    var keys = unit.table(IdempotencyKeys.class);
    var books = unit.table(Books.class);
    var holder = keys.holder(request);
    if (holder.isPresent()) {
      return new Result.KeyTaken(new KeyTakenException(holder.get()));
    }
    Optional<Refusal> refusal = books.refusal(order);
    if (refusal.isPresent()) {
      keys.refuse(request, refusal.get().code(), refusal.get().detail(), unit.now());
      return new Result.Refused(refusal.get());
    }
    keys.claim(request, order.id(), unit.now());
    return new Result.Posted(books.move(order, unit.now()));
  }
}
