package io.quittance.concurrency;

import io.quittance.concurrency.Cancellation.LimitPassed;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Calls with their own time limit, each on its own virtual thread, which is interrupted at the
 * limit.
 */
final class TimeLimited {

  /** Work was interrupted at its own limit. */
  static final class LimitPassedException extends DeadlineExceededException {
    private static final long serialVersionUID = 1L;

    LimitPassedException(String name) {
      super(name + " did not answer within its limit");
    }
  }

  private TimeLimited() {}

  /**
   * Calls the work and waits for it. A result that it returns despite the interrupt counts, as for
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
   * @param cut what to throw if the work was interrupted
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
