package io.quittance.concurrency;

import io.quittance.concurrency.Cancellation.DeadlinePassed;
import io.quittance.concurrency.Cancellation.OwnerClosed;
import io.quittance.concurrency.Cancellation.OwnerInterrupted;
import io.quittance.concurrency.Cancellation.SiblingFailed;
import java.util.concurrent.Callable;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Configuration;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A set of subtasks that start one by one and end together; confined to its owner's thread. It is
 * the one user of {@link StructuredTaskScope}, a preview API (JEP 505 in JDK 25) whose factory
 * methods and exceptions later JDKs change: only this file follows them.
 */
final class Round implements AutoCloseable {

  /** Ends the round with the first subtask that returns true: without an exception. */
  private static final class UntilTrue implements Joiner<Boolean, Boolean> {

    @Override
    public boolean onComplete(StructuredTaskScope.Subtask<? extends Boolean> subtask) {
      return subtask.state() != StructuredTaskScope.Subtask.State.SUCCESS || subtask.get();
    }

    @Override
    public Boolean result() {
      return true;
    }
  }

  private final Deadline deadline;
  private final Cancellation passed;
  private final StructuredTaskScope<Boolean, Boolean> scope;
  private final AtomicReference<@Nullable Cancellation> cause = new AtomicReference<>();
  private final @Nullable DeadlineWatch watch;

  Round(String name, Deadline deadline) {
    this(name, deadline, new DeadlinePassed());
  }

  /**
   * @param passed what it means to the subtasks when the deadline passes
   */
  Round(String name, Deadline deadline, Cancellation passed) {
    this.deadline = deadline;
    this.passed = passed;
    this.watch = deadline.onSystemClock() ? null : new DeadlineWatch(deadline, () -> endBy(passed));
    this.scope = StructuredTaskScope.open(new UntilTrue(), config -> configured(config, name));
    if (watch != null) {
      scope.fork(watch);
    }
  }

  private Configuration configured(Configuration config, String name) {
    Configuration named =
        config.withName(name).withThreadFactory(Thread.ofVirtual().name(name + "-", 0).factory());
    return watch == null ? named.withTimeout(deadline.remaining()) : named;
  }

  /** Starts a subtask that ends the round if its work returns a reason to, or throws. */
  void fork(String subtask, Callable<? extends @Nullable Cancellation> work) {
    if (watch != null) {
      watch.forked();
    }
    scope.fork(() -> ends(subtask, work));
  }

  private boolean ends(String subtask, Callable<? extends @Nullable Cancellation> work) {
    try {
      Cancellation why = work.call();
      if (why != null) {
        endBy(why);
      }
      return why != null;
    } catch (Throwable e) {
      endBy(deadline.expired() ? passed : new SiblingFailed(subtask, e));
      return true;
    } finally {
      if (watch != null) {
        watch.ended();
      }
    }
  }

  /** Sets the cause before anything is interrupted. Only the first cause counts. */
  private void endBy(Cancellation why) {
    if (cause() == null) {
      cause.compareAndSet(null, why);
    }
  }

  /** What canceled it; null if it is not canceled. Any thread may call this. */
  @Nullable Cancellation cause() {
    if (cause.get() == null && watch == null && scope.isCancelled()) {
      // All other cancellations set a cause first, so it was the JDK's timer.
      cause.compareAndSet(null, passed);
    }
    return cause.get();
  }

  /**
   * Waits for the last subtask, or for what cancels the others, and then for all threads.
   *
   * @return what canceled it; null if all subtasks ended by themselves
   */
  @Nullable Cancellation join() throws InterruptedException {
    try (scope) {
      awaitEnd();
    }
    return cause.get();
  }

  private void awaitEnd() throws InterruptedException {
    if (watch != null) {
      watch.ended();
    }
    try {
      scope.join();
    } catch (TimeoutException e) {
      endBy(passed);
    } catch (InterruptedException e) {
      endBy(Subtask.cancellation().orElseGet(OwnerInterrupted::new));
      throw e;
    }
  }

  /** Cancels what still runs and waits until it has stopped. */
  @Override
  public void close() {
    endBy(Subtask.cancellation().orElseGet(OwnerClosed::new));
    try {
      scope.close();
    } catch (IllegalStateException notJoined) {
      // All threads have ended; the JDK only complains that nobody joined, which is intended here.
    }
  }
}
