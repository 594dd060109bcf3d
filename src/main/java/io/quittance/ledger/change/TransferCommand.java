package io.quittance.ledger.change;

import io.quittance.idempotency.IdempotencyKeys;
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

/**
 * Moves money at once, and claims the key of its request; a refusal is stored under the key, too.
 */
sealed interface TransferCommand extends Command<TransferCommand.Result>
    permits PostTransfer, ReverseTransfer {

  /** The result. */
  sealed interface Result {
    record Posted(Transfer transfer) implements Result {}

    record Refused(Refusal refusal) implements Result {}
  }

  KeyedRequest request();

  /** An order between the accounts that have to be locked. */
  TransferOrder order();

  /** Why the money cannot be moved; empty if it can. */
  Optional<Refusal> refusal(Books books);

  /** The order to carry out, if there is no refusal. */
  TransferOrder orderToPost(Books books);

  @Override
  default UUID merchantId() {
    return order().merchantId();
  }

  @Override
  default Set<String> accounts() {
    return order().accounts();
  }

  @Override
  default long weight() {
    return order().metadataJson().length();
  }

  @Override
  default void prepare(UnitOfWork unit) {}

  @Override
  default Result decide(UnitOfWork unit) {
    var keys = unit.table(IdempotencyKeys.class);
    var books = unit.table(Books.class);
    Optional<Refusal> refusal = refusal(books);
    if (refusal.isPresent()) {
      keys.refuse(request(), refusal.get().code(), refusal.get().detail(), unit.now());
      return new Result.Refused(refusal.get());
    }
    TransferOrder moved = orderToPost(books);
    keys.claim(request(), moved.id(), unit.now());
    return new Result.Posted(books.move(moved, unit.now()));
  }
}
