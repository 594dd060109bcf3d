package io.quittance.concurrency;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.FailedException;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A set of subtasks that start one by one and end together; confined to its owner's thread. It is
 * the one user of {@link StructuredTaskScope}, a preview API (JEP 505 in JDK 25) whose factory
 * methods and exceptions later JDKs change: only this file follows them.
 */
final class Round implements AutoCloseable {

  /** How a round ended. */
  sealed interface Ending {
    record AllDone() implements Ending {}

    record Failed(Throwable first) implements Ending {}

    record TimedOut() implements Ending {}
  }

  /** Work was interrupted at a limit of its own. */
  static final class LimitPassedException extends DeadlineExceededException {
    private static final long serialVersionUID = 1L;

    LimitPassedException(String name) {
      super(name + " did not answer within its limit");
    }
  }

  private final StructuredTaskScope<Object, Void> scope;

  Round(String name, Deadline deadline) {
    scope =
        StructuredTaskScope.open(
            Joiner.awaitAllSuccessfulOrThrow(),
            config ->
                config
                    .withName(name)
                    .withThreadFactory(Thread.ofVirtual().name(name + "-", 0).factory())
                    .withTimeout(deadline.remaining()));
  }

  /**
   * Runs work that is interrupted at a deadline of its own, on a thread of its own. A result that
   * it returned all the same counts, as it does for a subtask without a limit.
   */
  static <T> T call(String name, Deadline deadline, DeadlineScope.Work<T> work) throws Exception {
    var task = new FutureTask<T>(() -> work.call(deadline));
    Exception cut;
    try (var round = new Round(name + "-limited", deadline)) {
      round.fork(Executors.callable(task));
      cut =
          switch (round.join()) {
            case Ending.TimedOut _ -> new LimitPassedException(name);
            case Ending.AllDone _, Ending.Failed _ -> null;
          };
    } catch (InterruptedException e) {
      cut = e;
    }
    return outcome(task, cut);
  }

  private static <T> T outcome(FutureTask<T> task, @Nullable Exception cut) throws Exception {
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

  void fork(Callable<?> work) {
    scope.fork(work);
  }

  /** Waits for the first failure, the deadline or the last subtask, and then for all threads. */
  Ending join() throws InterruptedException {
    try (scope) {
      scope.join();
      return new Ending.AllDone();
    } catch (FailedException e) {
      return new Ending.Failed(Objects.requireNonNull(e.getCause()));
    } catch (TimeoutException e) {
      return new Ending.TimedOut();
    }
  }

  /** Whether a failure, the deadline or {@link #close()} has canceled it. Any thread may ask. */
  boolean canceled() {
    return scope.isCancelled();
  }

  /** Cancels what still runs and waits until it has stopped. */
  @Override
  public void close() {
    try {
      scope.close();
    } catch (IllegalStateException notJoined) {
      // All threads have ended; the JDK only adds that nobody joined, which is what was meant here.
    }
  }
}
