package io.quittance.concurrency;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a scope did: every subtask with its times and its end, errors included, and the scopes that
 * subtasks opened.
 *
 * @param parent the subtask of another scope that opened it, if one did
 * @param granted_ms what the scope's deadline left when it was opened, in milliseconds
 * @param forked subtasks started
 * @param joined subtasks that had ended when the scope closed
 * @param survivors subtasks that outlived the scope; anything but 0 is a bug of this library
 */
public record ScopeReport(
    String name,
    @Nullable Parent parent,
    Instant openedAt,
    long granted_ms,
    List<Entry> entries,
    int forked,
    int joined,
    int survivors) {

  /** How a subtask ended. */
  public enum SubtaskState {
    RUNNING,
    OK,
    FAILED,
    CANCELED,
    TIMED_OUT
  }

  /** A subtask that opened a scope, by the names of its own scope and of itself. */
  public record Parent(String scope, String subtask) {}

  /**
   * One subtask, or one step on the owner's thread.
   *
   * @param start_ms milliseconds from the opening of the scope
   * @param end_ms milliseconds from the opening of the scope
   * @param cancellation why it was canceled, if it was
   * @param budget_ms its time limit, in milliseconds
   * @param notes what the work said about itself through {@link Subtask#note}
   * @param nested the scopes that it opened and closed: the first 16
   * @param nested_total how many scopes it opened and closed
   */
  public record Entry(
      String name,
      double start_ms,
      double end_ms,
      SubtaskState state,
      @Nullable Throwable error,
      @Nullable Cancellation cancellation,
      long budget_ms,
      Map<String, String> notes,
      List<ScopeReport> nested,
      int nested_total) {}
}
