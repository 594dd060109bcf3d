package io.quittance.concurrency;

import io.quittance.concurrency.Cancellation.LimitPassed;
import io.quittance.concurrency.TimeLimited.LimitPassedException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * Clean-up that cannot be canceled, like {@code context.WithoutCancel} with a timeout in Go. It
 * runs on its own virtual thread with its own budget, and its caller waits for it even if
 * interrupted; the interrupt is pending again afterwards.
 */
public final class Shield {

  private Shield() {}

  /**
   * Runs a clean-up and waits for it. The scope that the caller belongs to waits, too: its deadline
   * may be exceeded by the budget, so keep that small. Inside, {@link Subtask#cancellation()} still
   * says why the caller was canceled, if it was.
   *
   * @param name the name of the clean-up and its thread
   * @param budget from now; the work is interrupted when it is used up
   * @throws DeadlineExceededException the budget was used up first
   * @throws Exception what the work throws
   */
  public static <T> T call(String name, Duration budget, DeadlineScope.Work<T> work)
      throws Exception {
    var deadline = Deadline.after(budget, Subtask.ticker());
    var task = new FutureTask<T>(Contexts.capture().wrap(() -> work.call(deadline)));
    var ended = new CountDownLatch(1);
    try (var round = new Round(name + "-shielded", deadline, new LimitPassed())) {
      round.fork(
          name,
          () -> {
            task.run();
            ended.countDown();
            return null;
          });
      awaitUninterruptibly(ended, deadline);
    }
    return TimeLimited.resultOf(task, deadline.expired() ? new LimitPassedException(name) : null);
  }

  private static void awaitUninterruptibly(CountDownLatch ended, Deadline deadline) {
    boolean interrupted = false;
    while (!deadline.expired()) {
      try {
        if (ended.await(deadline.sleepNanos(), TimeUnit.NANOSECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
