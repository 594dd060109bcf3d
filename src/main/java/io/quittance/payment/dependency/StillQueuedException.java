package io.quittance.payment.dependency;

import java.util.concurrent.CancellationException;

/**
 * Time ran out while a command waited in the queue: this is overload, and not a failure of the
 * ledger.
 */
final class StillQueuedException extends CancellationException {

  private static final long serialVersionUID = 1L;

  StillQueuedException(Exception cause) {
    super("time ran out in the journal's queue");
    initCause(cause);
  }
}
