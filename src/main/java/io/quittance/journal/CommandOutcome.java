package io.quittance.journal;

/**
 * What is known about a command when its caller must be answered.
 *
 * @param <R> the command's result
 */
public sealed interface CommandOutcome<R> {

  /** It was committed. */
  record Committed<R>(R result) implements CommandOutcome<R> {}

  /** It was certainly not applied, and never will be. */
  record NotApplied<R>(Throwable failure) implements CommandOutcome<R> {}

  /** It has started, and may still be applied. */
  record Unknown<R>(Exception reason) implements CommandOutcome<R> {}
}
