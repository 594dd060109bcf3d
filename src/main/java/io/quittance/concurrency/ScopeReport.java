package io.quittance.concurrency;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a scope did: every subtask with its times and its end, errors included.
 *
 * @param granted_ms what the scope's deadline left when it was opened, in milliseconds
 * @param forked subtasks started
 * @param joined subtasks that had ended when the scope closed
 * @param survivors subtasks that outlived the scope; anything but 0 is a bug of this library
 */
public record ScopeReport(
    String name,
    Instant openedAt,
    long granted_ms,
    List<Entry> entries,
    int forked,
    int joined,
    int survivors) {

  /** How a subtask ended. */
  public enum Outcome {
    RUNNING,
    OK,
    FAILED,
    CANCELED,
    TIMED_OUT
  }

  /**
   * One subtask, or one step on the owner's thread.
   *
   * @param start_ms milliseconds from the opening of the scope
   * @param end_ms milliseconds from the opening of the scope
   * @param budget_ms what it was given, in milliseconds
   * @param notes what the work said about itself through {@link Subtask#note}
   */
  public record Entry(
      String name,
      double start_ms,
      double end_ms,
      Outcome outcome,
      @Nullable Throwable error,
      long budget_ms,
      Map<String, String> notes) {}
}
