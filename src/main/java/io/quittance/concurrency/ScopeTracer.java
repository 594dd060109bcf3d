package io.quittance.concurrency;

import io.quittance.concurrency.DeadlineScope.Work;
import io.quittance.concurrency.ScopeReport.SubtaskState;
import org.jspecify.annotations.Nullable;

/**
 * Traces scopes and their subtasks, whichever threads they run on. This library knows no tracer; a
 * module that does implements this. Thread-safe.
 */
@FunctionalInterface
public interface ScopeTracer {

  /** Traces nothing. */
  ScopeTracer NONE = (_, _) -> Followed.NONE;

  /** The calling thread has opened a scope, and will end it. */
  Followed opened(String scope, Deadline deadline);

  /** A traced scope or subtask; it ends on the thread on which it started. */
  interface Followed {

    /** Not traced. */
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
            // Nothing was started.
          }
        };

    /** The calling thread starts a subtask of this scope. */
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
