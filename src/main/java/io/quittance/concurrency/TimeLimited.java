package io.quittance.concurrency;

import io.quittance.concurrency.Cancellation.LimitPassed;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Calls that are interrupted at a limit of their own, each on a virtual thread of its own. */
final class TimeLimited {

  /** Work was interrupted at a limit of its own. */
  static final class LimitPassedException extends DeadlineExceededException {
    private static final long serialVersionUID = 1L;

    LimitPassedException(String name) {
      super(name + " did not answer within its limit");
    }
  }

  private TimeLimited() {}

  /**
   * Calls the work and waits for it. A result that it returned all the same counts, as it does for
   * a subtask without a limit.
   *
   * @throws LimitPassedException it was interrupted at the limit
   * @throws InterruptedException the caller was interrupted, and then the work
   */
  static <T> T call(String name, Deadline limit, DeadlineScope.Work<T> work) throws Exception {
    var task = new FutureTask<T>(() -> work.call(limit));
    Exception cut = null;
    try (var round = new Round(name + "-limited", limit, new LimitPassed());
        var _ = Subtask.limitedBy(round)) {
      round.fork(
          name,
          () -> {
            task.run();
            return null;
          });
      if (round.join() instanceof LimitPassed) {
        cut = new LimitPassedException(name);
      }
    } catch (InterruptedException e) {
      cut = e;
    }
    return resultOf(task, cut);
  }

  /**
   * @param cut what to throw if the work was cut
   */
  static <T> T resultOf(FutureTask<T> task, @Nullable Exception cut) throws Exception {
    if (task.state() == Future.State.SUCCESS) {
      if (cut instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      return task.resultNow();
    }
    if (cut == null) {
      throw asException(task.exceptionNow());
    }
    if (task.state() == Future.State.FAILED && !Subtask.isCancellation(task.exceptionNow())) {
      cut.addSuppressed(task.exceptionNow());
    }
    throw cut;
  }

  private static Exception asException(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return (Exception) e;
  }
}
