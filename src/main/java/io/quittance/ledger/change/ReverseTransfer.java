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
import io.quittance.ledger.change.PostTransfer.Result;
import io.quittance.web.ProblemCode;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Moves what a transfer moved back again, all that is left or part of it, and in all never more
 * than was moved: the reversals so far are summed up under the lock of both accounts.
 *
 * @param order of the transfer that is reversed
 * @param id of the transfer to be made
 * @param asked in minor units; null: all that is left
 */
record ReverseTransfer(
    KeyedRequest request,
    TransferOrder order,
    UUID id,
    @Nullable Long asked,
    @Nullable String reason)
    implements Command<Result> {

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
    unit.table(Books.class).requestReversible(order.merchantId(), order.id());
  }

  @Override
  public Result decide(UnitOfWork unit) {
    var keys = unit.table(IdempotencyKeys.class);
    var holder = keys.holder(request);
    if (holder.isPresent()) {
      return new Result.KeyTaken(new KeyTakenException(holder.get()));
    }
    var books = unit.table(Books.class);
    Optional<Refusal> refusal = refusal(books);
    if (refusal.isPresent()) {
      keys.refuse(request, refusal.get().code(), refusal.get().detail(), unit.now());
      return new Result.Refused(refusal.get());
    }
    keys.claim(request, id, unit.now());
    return new Result.Posted(books.move(order.reversed(id, amount(books), reason), unit.now()));
  }

  private Optional<Refusal> refusal(Books books) {
    Transfer transfer = books.transfer(order.merchantId(), order.id());
    if (!transfer.reversible()) {
      return Refusal.of(
          ProblemCode.INVALID_STATE,
          order.paymentId() == null
              ? "The transfer is %s.".formatted(transfer.state().text())
              : "The transfer belongs to a payment: refund that.");
    }
    long left = books.reversible(order.merchantId(), order.id());
    if (left == 0 || amount(books) > left) {
      return Refusal.of(
          ProblemCode.AMOUNT_EXCEEDS_REVERSIBLE,
          left == 0
              ? "The transfer has been reversed entirely; nothing is left to reverse."
              : "The amount must be at most %d, which can still be reversed.".formatted(left));
    }
    return books.refusal(order.reversed(id, amount(books), reason));
  }

  private long amount(Books books) {
    return asked == null ? books.reversible(order.merchantId(), order.id()) : asked;
  }
}
