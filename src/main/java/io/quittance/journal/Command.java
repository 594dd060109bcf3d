package io.quittance.journal;

import java.util.Set;
import java.util.UUID;

/**
 * One caller's part of a batch. The methods run on the journal's threads, and again when the
 * transaction is tried again. They keep nothing from one attempt to the next, but what a caller has
 * been told (payment's {@code Release}).
 *
 * @param <R> what the caller is told; a business refusal is a value, not an exception
 */
public interface Command<R> {

  /** Whose rows it looks at: all of one merchant, by which the journal spreads commands. */
  UUID merchantId();

  /**
   * The ids of the merchant's accounts that are locked while it decides, whether they exist or not.
   * While another transaction holds one of them, this command waits, and others do not. A {@link
   * Table} may have other rows locked in the same way, by names that no account can have.
   */
  Set<String> accounts();

  /**
   * A transaction takes it: from here on it may be applied. Its deadline is looked at once more.
   */
  default void onStarted() {}

  /**
   * It waits apart, for another transaction holds a lock that it needs: nothing of it is applied,
   * and it is picked up again until its deadline. Must not throw.
   */
  default void onBlocked() {}

  /** Whether it is part of a payment batch, which gives way to commands that are not. */
  default boolean ofPaymentBatch() {
    return false;
  }

  /**
   * Whether it waits a little for others to be applied with, as the items of a payment batch do.
   */
  default boolean isDeferrable() {
    return false;
  }

  /** Names the other rows that {@link #decide} will look at. No I/O. */
  void prepare(UnitOfWork unit);

  /** Decides in memory and records what is to be written. No I/O. */
  R decide(UnitOfWork unit);

  /** Adds something to another command, and is that one in everything else. */
  interface Forwarding<R> extends Command<R> {

    /** The command that does the work. */
    Command<R> command();

    @Override
    default UUID merchantId() {
      return command().merchantId();
    }

    @Override
    default Set<String> accounts() {
      return command().accounts();
    }

    @Override
    default void onStarted() {
      command().onStarted();
    }

    @Override
    default void onBlocked() {
      command().onBlocked();
    }

    @Override
    default boolean ofPaymentBatch() {
      return command().ofPaymentBatch();
    }

    @Override
    default boolean isDeferrable() {
      return command().isDeferrable();
    }

    @Override
    default void prepare(UnitOfWork unit) {
      command().prepare(unit);
    }

    @Override
    default R decide(UnitOfWork unit) {
      return command().decide(unit);
    }
  }
}
