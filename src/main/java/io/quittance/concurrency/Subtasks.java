package io.quittance.concurrency;

import io.quittance.concurrency.ScopeReport.SubtaskState;
import java.util.ArrayList;
import java.util.List;

/** The records of a scope's subtasks, in the order of forking; confined to its owner's thread. */
final class Subtasks {

  private final List<Subtask<?>> all = new ArrayList<>(4);

  void add(Subtask<?> subtask) {
    all.add(subtask);
  }

  /** The JDK starts no thread for what is forked after the cancellation, and does not say so. */
  void recordWhatNeverBegan(ScopeWatch watch) {
    for (Subtask<?> subtask : all) {
      if (!subtask.begun() && subtask.state() == SubtaskState.RUNNING) {
        subtask.neverBegan();
        watch.ended(subtask.state());
      }
    }
  }

  /** What the owner is told of the first failure, with all other errors suppressed in it. */
  ScopeFailedException failure(String scope, String culprit, Throwable first) {
    List<Throwable> others = errors().stream().filter(error -> error != first).toList();
    return new ScopeFailedException(scope, culprit, first, others);
  }

  /** What the owner is told when the deadline has passed, with all errors suppressed in it. */
  DeadlineExceededException deadlineExceeded(String scope, long grantedMs) {
    var exceeded =
        new DeadlineExceededException(
            "scope %s missed its deadline of %d ms".formatted(scope, grantedMs));
    errors().forEach(exceeded::addSuppressed);
    return exceeded;
  }

  private List<Throwable> errors() {
    return all.stream().flatMap(subtask -> subtask.error().stream()).toList();
  }

  int size() {
    return all.size();
  }

  /** Those that have not ended. */
  int running() {
    int running = 0;
    for (Subtask<?> subtask : all) {
      if (subtask.state() == SubtaskState.RUNNING) {
        running++;
      }
    }
    return running;
  }

  List<ScopeReport.Entry> report() {
    return all.stream().map(Subtask::report).toList();
  }
}
