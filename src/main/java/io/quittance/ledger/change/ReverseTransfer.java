package io.quittance.ledger.change;

import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Books;
import io.quittance.ledger.Refusal;
import io.quittance.ledger.Transfer;
import io.quittance.ledger.TransferOrder;
import io.quittance.web.ProblemCode;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reverses a transfer, in part or all that is left. All reversals together never exceed its amount:
 * the reversals so far are summed under the locks of both accounts.
 *
 * @param order the order of the transfer to reverse
 * @param id the id of the new transfer
 * @param asked the requested amount in minor units; null: all that is left
 */
record ReverseTransfer(
    KeyedRequest request,
    TransferOrder order,
    UUID id,
    @Nullable Long asked,
    @Nullable String reason)
    implements TransferCommand {

  /**
   * All reversals of a transfer are summed within the journal's transaction each time, so their
   * number must have a limit.
   */
  static final int MAX_REVERSALS = 1000;

  @Override
  public void prepare(UnitOfWork unit) {
    unit.table(Books.class).requestReversible(order.merchantId(), order.id());
  }

  @Override
  public Optional<Refusal> refusal(Books books) {
    Transfer transfer = books.transfer(order.merchantId(), order.id());
    if (!transfer.reversible()) {
      return Refusal.because(
          ProblemCode.INVALID_STATE,
          order.paymentId() == null
              ? "The transfer is %s; only a posted transfer can be reversed."
                  .formatted(transfer.state().text())
              : "The transfer belongs to a payment; refund the payment instead.");
    }
    long left = books.reversible(order.merchantId(), order.id());
    if (left == 0 || amount(books) > left) {
      return Refusal.because(
          ProblemCode.AMOUNT_EXCEEDS_REVERSIBLE,
          left == 0
              ? "The transfer has been reversed entirely; nothing is left to reverse."
              : "`amount` must be at most %d minor units, which can still be reversed."
                  .formatted(left));
    }
    if (amount(books) < left
        && books.reversalCount(order.merchantId(), order.id()) >= MAX_REVERSALS - 1) {
      return Refusal.because(
          ProblemCode.INVALID_STATE,
          "The transfer has been reversed %d times, so `amount` must be all that is left, %d."
              .formatted(MAX_REVERSALS - 1, left));
    }
    return books.refusal(orderToPost(books));
  }

  @Override
  public TransferOrder orderToPost(Books books) {
    return order.reversed(id, amount(books), reason);
  }

  private long amount(Books books) {
    return asked == null ? books.reversible(order.merchantId(), order.id()) : asked;
  }
}
