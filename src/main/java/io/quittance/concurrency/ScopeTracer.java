package io.quittance.concurrency;

import io.quittance.concurrency.DeadlineScope.Work;
import io.quittance.concurrency.ScopeReport.SubtaskState;
import org.jspecify.annotations.Nullable;

/**
 * Follows scopes and their subtasks, whichever threads they run on. This library knows no tracer: a
 * module that knows one implements this. Thread-safe.
 */
@FunctionalInterface
public interface ScopeTracer {

  /** Follows nothing. */
  ScopeTracer NONE = (_, _) -> Followed.NONE;

  /** The calling thread has opened a scope, and will end it. */
  Followed opened(String scope, Deadline deadline);

  /** A scope or a subtask that is followed; it ends on the thread that it began on. */
  interface Followed {

    /** Nothing is followed. */
    Followed NONE =
        new Followed() {
          @Override
          public Followed begin(String subtask) {
            return this;
          }

          @Override
          public <T> Work<T> carry(Work<T> work) {
            return work;
          }

          @Override
          public void end(SubtaskState state, @Nullable Throwable error) {
            // Nothing was begun.
          }
        };

    /** The calling thread begins a subtask of this scope. */
    Followed begin(String subtask);

    /** Work of the calling thread's subtask that another thread does. */
    <T> Work<T> carry(Work<T> work);

    /**
     * The scope or subtask has ended.
     *
     * @param error why it did not succeed, if that is known
     */
    void end(SubtaskState state, @Nullable Throwable error);
  }
}
