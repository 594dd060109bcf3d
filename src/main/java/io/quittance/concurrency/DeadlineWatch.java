package io.quittance.concurrency;

import java.util.concurrent.Callable;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends a round at its deadline where the JDK's timer cannot: on a clock that is not the machine's.
 * It runs beside the subtasks, and ends with the last of them once the owner has joined.
 */
final class DeadlineWatch implements Callable<Boolean> {

  private final Deadline deadline;
  private final Runnable passed;

  /** The subtasks that have not ended, and the owner until it joins. */
  private final Phaser open = new Phaser(1);

  DeadlineWatch(Deadline deadline, Runnable passed) {
    this.deadline = deadline;
    this.passed = passed;
  }

  void forked() {
    open.register();
  }

  /** A subtask has ended, or the owner has joined. */
  void ended() {
    open.arriveAndDeregister();
  }

  @Override
  public Boolean call() throws InterruptedException {
    while (!open.isTerminated()) {
      if (deadline.expired()) {
        passed.run();
        return true;
      }
      try {
        open.awaitAdvanceInterruptibly(0, deadline.sleepNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        // Check the clock again.
      }
    }
    return true;
  }
}
