package io.quittance.ledger.change;

import io.quittance.idempotency.KeyedRequest;
import io.quittance.ledger.Books;
import io.quittance.ledger.Refusal;
import io.quittance.ledger.TransferOrder;
import java.util.Optional;

/** Moves money from one account to another. */
record PostTransfer(KeyedRequest request, TransferOrder order) implements TransferCommand {

  @Override
  public Optional<Refusal> refusal(Books books) {
    return books.refusal(order);
  }

  @Override
  public TransferOrder orderToPost(Books books) {
    return order;
  }
}
