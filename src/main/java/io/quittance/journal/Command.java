package io.quittance.journal;

import java.util.Set;
import java.util.UUID;

/**
 * One caller's part of a journal transaction. The methods run on the journal's threads, and again
 * when the transaction is retried. They keep no state between attempts, except what a caller has
 * been told (payment's {@code Release}).
 *
 * @param <R> the result, which may be a refusal; {@link #decide} says when to throw instead
 */
public interface Command<R> {

  /** The merchant whose rows it reads and changes; the journal assigns commands to lanes by it. */
  UUID merchantId();

  /**
   * The ids of the merchant's accounts that are locked while it decides, whether they exist or not.
   * While another transaction holds one of them, only this command waits. A {@link Table} may lock
   * other rows in the same way, by names that no account can have.
   */
  Set<String> accounts();

  /**
   * Called when a transaction takes the command: it may be applied from now on. Its deadline is
   * checked again after this.
   */
  default void onStarted() {}

  /**
   * Called when the command has to wait because another transaction holds a lock that it needs.
   * Nothing of it is applied, and it is started again later, unless its deadline passes. Must not
   * throw.
   */
  default void onBlocked() {}

  /**
   * The kind of change, such as a capture. If two commands of one kind are blocked, the journal
   * tries others of that kind alone.
   */
  default Object kind() {
    return getClass();
  }

  /** Whether it is part of a payment batch. These have lower priority than other commands. */
  default boolean ofPaymentBatch() {
    return false;
  }

  /**
   * Whether it finishes what another command began. It is not refused when a queue is full: there
   * are no more of these than payments under way.
   */
  default boolean isFinishing() {
    return false;
  }

  /**
   * Whether it may wait a little to share a transaction with others, as the items of a payment
   * batch do.
   */
  default boolean isDeferrable() {
    return false;
  }

  /**
   * The approximate number of characters of merchants' text that it writes or reads. A transaction
   * takes commands until they come to a {@linkplain TransactionWeight limit}. Called for each
   * command, so it must be cheap.
   */
  default long weight() {
    return 0;
  }

  /** Announces the other rows that {@link #decide} will need. No I/O. */
  void prepare(UnitOfWork unit);

  /**
   * Decides in memory and records what to write. No I/O. An exception fails this command only, and
   * nothing that it has recorded is written. So it is for bugs, and for a command that has recorded
   * a part of what it cannot complete.
   */
  R decide(UnitOfWork unit);

  /**
   * A command that wraps another one, on the same accounts, and forwards to it what it does not
   * override.
   *
   * @param <I> the result of the other one
   */
  interface Wrapping<R, I> extends Command<R> {

    /** The command that does the work. */
    Command<I> command();

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
    default Object kind() {
      return command().kind();
    }

    @Override
    default boolean ofPaymentBatch() {
      return command().ofPaymentBatch();
    }

    @Override
    default boolean isFinishing() {
      return command().isFinishing();
    }

    @Override
    default boolean isDeferrable() {
      return command().isDeferrable();
    }

    @Override
    default long weight() {
      return command().weight();
    }

    @Override
    default void prepare(UnitOfWork unit) {
      command().prepare(unit);
    }
  }

  /** A command that wraps another one and has its result. */
  interface Forwarding<R> extends Wrapping<R, R> {

    @Override
    default R decide(UnitOfWork unit) {
      return command().decide(unit);
    }
  }
}
