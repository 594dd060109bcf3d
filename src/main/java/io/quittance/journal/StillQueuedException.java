package io.quittance.journal;

import java.util.concurrent.CancellationException;

/**
 * Time ran out while a command waited in the queue or for a lock. The cause is overload or another
 * transaction, not a failure of the ledger.
 */
public final class StillQueuedException extends CancellationException {

  private static final long serialVersionUID = 1L;

  StillQueuedException(Exception cause) {
    super("time ran out in the journal's queue, or while others held a lock");
    initCause(cause);
  }
}
