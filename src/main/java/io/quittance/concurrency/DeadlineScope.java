package io.quittance.concurrency;

import io.micrometer.context.ContextSnapshot;
import io.quittance.concurrency.ScopeReport.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Structured concurrency with a deadline: subtasks run on virtual threads and have all ended before
 * {@link #join()} returns or throws. The first failure, or the deadline, interrupts the others;
 * every outcome stays readable afterwards ({@link Subtask}, {@link #report()}).
 *
 * <p>After a join the owner may fork again: the scope goes on in rounds under the same deadline, as
 * an {@code errgroup.Group} with a context does in Go. Subtasks inherit scoped values, and the
 * thread-locals that Micrometer's context propagation knows (MDC, observation).
 *
 * <p>A scope belongs to the thread that opened it; only that thread may call its methods. Open one
 * with {@link DeadlineScopes#open}.
 *
 * <p>Subtasks are canceled by interrupt, so they must neither swallow one nor run JDBC.
 *
 * @see <a href="https://openjdk.org/jeps/505">JEP 505: Structured Concurrency</a>
 */
public final class DeadlineScope implements AutoCloseable {

  /** Work that is told how long it has. */
  @FunctionalInterface
  public interface Work<T> {
    T call(Deadline deadline) throws Exception;
  }

  /** Turns a failure into a value, or throws to let the scope fail. */
  @FunctionalInterface
  public interface Recovery<T> {
    T recover(Throwable failure) throws Exception;
  }

  /** Ends a round early because a decisive result is there; carries nothing. */
  private static final class Decided extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Decided() {
      super("a subtask's result decided the scope", null, false, false);
    }
  }

  private final String name;
  private final Deadline deadline;
  private final ScopeMetrics metrics;
  private final Instant openedAt;
  private final long openedNanos = System.nanoTime();
  private final long grantedMs;
  private final ContextSnapshot context;
  private final List<Subtask<?>> subtasks = new ArrayList<>(4);

  private @Nullable Round round;
  private boolean closed;

  DeadlineScope(
      String name,
      Deadline deadline,
      Instant openedAt,
      ContextSnapshot context,
      ScopeMetrics metrics) {
    this.name = name;
    this.deadline = deadline;
    this.openedAt = openedAt;
    this.grantedMs = deadline.remaining().toMillis();
    this.context = context;
    this.metrics = metrics;
    metrics.opened();
  }

  public Deadline deadline() {
    return deadline;
  }

  /** Starts a subtask whose failure fails the scope. */
  public <T> Subtask<T> fork(String subtask, Work<T> work) {
    return start(new Subtask<>(subtask, deadline, openedNanos), false, work, asIs());
  }

  /**
   * Starts a subtask whose result may be decisive: when {@code decisive} accepts it, the other
   * subtasks are canceled and {@link #join()} returns at once, without a failure.
   */
  public <T> Subtask<T> fork(String subtask, Work<T> work, Predicate<T> decisive) {
    var record = new Subtask<T>(subtask, deadline, openedNanos);
    Round current = openRound();
    return launch(
        current,
        record,
        () -> {
          T result = run(current, record, false, work, asIs());
          if (decisive.test(result)) {
            throw new Decided();
          }
          return result;
        });
  }

  /**
   * Starts a subtask with a limit of its own and a recovery. It is interrupted at the earlier of
   * {@code limit} and the scope's deadline. The recovery runs in the subtask after a failure or
   * after its own limit, but not after the scope was canceled; what it throws fails the scope.
   */
  public <T> Subtask<T> fork(String subtask, Duration limit, Work<T> work, Recovery<T> recovery) {
    Deadline limited = deadline.within(limit);
    var record = new Subtask<T>(subtask, limited, openedNanos);
    if (limited == deadline) {
      return start(record, false, work, recovery);
    }
    return start(record, true, left -> context.wrap(() -> work.call(left)).call(), recovery);
  }

  private <T> Subtask<T> start(
      Subtask<T> subtask, boolean cutAtLimit, Work<T> work, Recovery<T> recovery) {
    Round current = openRound();
    return launch(current, subtask, () -> run(current, subtask, cutAtLimit, work, recovery));
  }

  private Round openRound() {
    if (closed) {
      throw new IllegalStateException("scope %s is closed".formatted(name));
    }
    Round current = round == null ? new Round(name, deadline) : round;
    round = current;
    return current;
  }

  private <T> Subtask<T> launch(Round current, Subtask<T> subtask, Callable<T> body) {
    subtasks.add(subtask);
    metrics.forked();
    current.fork(context.wrap(body));
    return subtask;
  }

  private <T> T run(
      Round current, Subtask<T> subtask, boolean cutAtLimit, Work<T> work, Recovery<T> recovery)
      throws Exception {
    try {
      return subtask.run(work, cutAtLimit);
    } catch (Exception e) {
      if (current.canceled() || subtask.outcome() == Outcome.CANCELED || deadline.expired()) {
        throw e;
      }
      return subtask.recover(recovery, e);
    } finally {
      subtask.endedLate(deadline.expired());
      metrics.ended(subtask.outcome());
    }
  }

  /** No recovery: the failure stays what it is. */
  private static <T> Recovery<T> asIs() {
    return failure -> {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (Exception) failure;
    };
  }

  /**
   * Runs a step on the owner's thread and records it like a subtask. The deadline does not cut it:
   * it is for work that must be waited for once begun, such as a commit.
   */
  public <T> T step(String step, Work<T> work) throws Exception {
    var record = new Subtask<T>(step, deadline, openedNanos);
    subtasks.add(record);
    return record.run(work, false);
  }

  /**
   * Waits until all subtasks have succeeded, one has failed, or the deadline has passed; in the
   * last two cases the rest is canceled. In every case all subtasks have ended afterwards.
   *
   * @throws ScopeFailedException a subtask failed before the deadline
   * @throws DeadlineExceededException the deadline passed first
   * @throws InterruptedException the owner was interrupted; the subtasks were canceled
   */
  public void join() throws InterruptedException {
    Round current = round;
    if (current == null) {
      return;
    }
    round = null;
    switch (ending(current)) {
      case Round.Ending.AllDone _ -> {}
      case Round.Ending.TimedOut _ -> throw deadlineExceeded();
      case Round.Ending.Failed(Decided _) -> {}
      case Round.Ending.Failed failed -> {
        metrics.canceled();
        Subtask<?> culprit = culprit(failed.first());
        if (culprit == null ? deadline.expired() : culprit.endedLate()) {
          throw deadlineExceeded();
        }
        throw failure(culprit, failed.first());
      }
    }
  }

  private Round.Ending ending(Round current) throws InterruptedException {
    try {
      return current.join();
    } finally {
      recordWhatNeverBegan();
    }
  }

  /** The JDK starts no thread for what is forked after the cancellation, and does not say so. */
  private void recordWhatNeverBegan() {
    for (Subtask<?> subtask : subtasks) {
      if (!subtask.begun() && subtask.outcome() == Outcome.RUNNING) {
        subtask.neverBegan();
        metrics.ended(subtask.outcome());
      }
    }
  }

  private DeadlineExceededException deadlineExceeded() {
    metrics.deadlineMissed();
    var exceeded =
        new DeadlineExceededException(
            "scope %s missed its deadline of %d ms".formatted(name, grantedMs));
    errors().forEach(exceeded::addSuppressed);
    return exceeded;
  }

  private @Nullable Subtask<?> culprit(Throwable first) {
    for (Subtask<?> subtask : subtasks) {
      if (subtask.error().orElse(null) == first) {
        return subtask;
      }
    }
    return null;
  }

  private ScopeFailedException failure(@Nullable Subtask<?> culprit, Throwable first) {
    return new ScopeFailedException(
        name,
        culprit == null ? "?" : culprit.name(),
        first,
        errors().stream().filter(error -> error != first).toList());
  }

  private List<Throwable> errors() {
    return subtasks.stream().flatMap(subtask -> subtask.error().stream()).toList();
  }

  /** What happened so far. Complete after {@link #join()}. */
  public ScopeReport report() {
    int survivors = survivors();
    return new ScopeReport(
        name,
        openedAt,
        grantedMs,
        subtasks.stream().map(Subtask::report).toList(),
        subtasks.size(),
        subtasks.size() - survivors,
        survivors);
  }

  private int survivors() {
    int running = 0;
    for (Subtask<?> subtask : subtasks) {
      if (subtask.outcome() == Outcome.RUNNING) {
        running++;
      }
    }
    return running;
  }

  /** Cancels and waits for whatever was forked and not joined. Closing twice has no effect. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      cancelWhatWasNotJoined();
    } finally {
      metrics.closed(survivors());
    }
  }

  private void cancelWhatWasNotJoined() {
    Round current = round;
    if (current != null) {
      round = null;
      metrics.canceled();
      current.close();
      recordWhatNeverBegan();
    }
  }
}
