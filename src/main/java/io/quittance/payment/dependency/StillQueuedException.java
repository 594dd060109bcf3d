package io.quittance.payment.dependency;

import java.util.concurrent.CancellationException;

/** Time ran out while a command waited for its turn: too much to do, and no fault of the ledger. */
final class StillQueuedException extends CancellationException {

  private static final long serialVersionUID = 1L;

  StillQueuedException(Exception cause) {
    super("time ran out in the journal's queue");
    initCause(cause);
  }
}
