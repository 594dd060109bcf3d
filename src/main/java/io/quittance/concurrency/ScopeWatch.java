package io.quittance.concurrency;

import io.quittance.concurrency.DeadlineScope.Work;
import io.quittance.concurrency.ScopeReport.Outcome;
import java.util.concurrent.Callable;

/**
 * The meters of one scope, and its tracer if there is one. Used by the owner's thread, except for
 * what subtasks do.
 */
final class ScopeWatch {

  private final ScopeMetrics metrics;
  private final ScopeTracer.Followed span;
  private Outcome outcome = Outcome.OK;

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
      own.end(subtask.outcome(), subtask.error().orElse(null));
    }
  }

  /** Work of the calling thread's subtask that another thread does. */
  <T> Work<T> carry(Work<T> work) {
    return span.carry(work);
  }

  /** A subtask that was forked has ended. */
  void ended(Outcome how) {
    metrics.ended(how);
  }

  void canceled(Outcome why) {
    metrics.canceled();
    outcome = why;
  }

  void deadlineMissed() {
    metrics.deadlineMissed();
    outcome = Outcome.TIMED_OUT;
  }

  void closed(int survivors) {
    metrics.closed(survivors);
    span.end(outcome, null);
  }
}
