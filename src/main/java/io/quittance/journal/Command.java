package io.quittance.journal;

import java.util.UUID;

/**
 * One caller's part of a batch. Both methods run on the journal's thread, may run again when the
 * transaction is retried, and must keep nothing from one attempt to the next.
 *
 * @param <R> what the caller is told; a business refusal is a value, not an exception
 */
public interface Command<R> {

  /** Whose rows it looks at: all of one merchant, by which the journal spreads commands. */
  UUID merchantId();

  /** Names the rows that {@link #decide} will look at. No I/O. */
  void prepare(Batch batch);

  /** Decides in memory and records what is to be written. No I/O. */
  R decide(Batch batch);
}
