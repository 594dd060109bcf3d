package io.quittance.concurrency;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.FailedException;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

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

  /** Runs work that is interrupted at a deadline of its own, on a thread of its own. */
  static <T> T call(String name, Deadline deadline, DeadlineScope.Work<T> work) throws Exception {
    var result = new AtomicReference<T>();
    try (var round = new Round(name + "-limited", deadline)) {
      round.fork(
          () -> {
            result.set(work.call(deadline));
            return true;
          });
      return switch (round.join()) {
        case Ending.AllDone _ -> Objects.requireNonNull(result.get());
        case Ending.TimedOut _ ->
            throw new DeadlineExceededException(name + " did not answer within its limit");
        case Ending.Failed failed -> throw asException(failed.first());
      };
    }
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

  /** Cancels what still runs and waits until it has stopped. */
  @Override
  public void close() {
    scope.close();
  }
}
