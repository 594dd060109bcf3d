package io.quittance.concurrency;

import io.quittance.concurrency.DeadlineScope.Work;
import io.quittance.concurrency.ScopeReport.SubtaskState;
import java.util.concurrent.Callable;

/**
 * The meters of one scope, and its tracer if there is one. Used by the owner's thread, except for
 * what subtasks do.
 */
final class ScopeWatch {

  private final ScopeMetrics metrics;
  private final ScopeTracer.Followed span;
  private SubtaskState state = SubtaskState.OK;

  ScopeWatch(ScopeMetrics metrics, ScopeTracer.Followed span) {
    this.metrics = metrics;
    this.span = span;
    metrics.opened();
  }

  void forked() {
    metrics.forked();
  }

  /** Runs a subtask, or a step, on the calling thread. */
  <T> T follow(Subtask<T> subtask, Callable<T> work) throws Exception {
    ScopeTracer.Followed own = span.begin(subtask.name());
    try {
      return work.call();
    } finally {
      own.end(subtask.state(), subtask.error().orElse(null));
    }
  }

  /** Work of the calling thread's subtask that another thread does. */
  <T> Work<T> carry(Work<T> work) {
    return span.carry(work);
  }

  /** A subtask that was forked has ended. */
  void ended(SubtaskState how) {
    metrics.ended(how);
  }

  void canceled(SubtaskState why) {
    metrics.canceled();
    state = why;
  }

  void deadlineMissed() {
    metrics.deadlineMissed();
    state = SubtaskState.TIMED_OUT;
  }

  void closed(int survivors) {
    metrics.closed(survivors);
    span.end(state, null);
  }
}
