package io.quittance.concurrency;

/** Why work was canceled: the answer that {@code context.Cause} gives in Go. */
public sealed interface Cancellation {

  /** The deadline of the whole passed. */
  record DeadlinePassed() implements Cancellation {}

  /** The limit of this piece of work passed; its siblings go on. */
  record LimitPassed() implements Cancellation {}

  /**
   * Another subtask failed, so the result of this one is not needed.
   *
   * @param sibling its name
   */
  record SiblingFailed(String sibling, Throwable error) implements Cancellation {}

  /**
   * Another subtask's result was decisive.
   *
   * @param sibling the name of that subtask
   */
  record SiblingDecided(String sibling) implements Cancellation {}

  /** The owner of the scope left it without waiting. */
  record OwnerClosed() implements Cancellation {}

  /** The owner of the scope was interrupted while it waited. */
  record OwnerInterrupted() implements Cancellation {}
}
