package io.quittance.concurrency;

import io.micrometer.context.ContextSnapshot;
import io.quittance.concurrency.ScopeReport.Parent;
import io.quittance.concurrency.ScopeReport.SubtaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Structured concurrency with a deadline: subtasks run on virtual threads and have all ended before
 * {@link #join()} returns or throws. The first failure, or the deadline, interrupts the others;
 * every outcome stays readable afterwards ({@link Subtask}, {@link #report()}), and a subtask can
 * ask why it was canceled ({@link Subtask#cancellation()}).
 *
 * <p>After a join the owner may fork again: the scope goes on in rounds under the same deadline, as
 * an {@code errgroup.Group} with a context does in Go. Subtasks inherit scoped values, and the
 * thread-locals that Micrometer's context propagation knows (MDC, observation).
 *
 * <p>A scope belongs to the thread that opened it; only that thread may call its methods. Open one
 * with {@link DeadlineScopes#open}.
 *
 * <p>Subtasks are canceled by interrupt, so they must neither swallow one nor run JDBC. Clean-up
 * that has to wait for something runs in a {@link Shield}.
 *
 * <p>It is long because of its documentation; rounds, subtasks, limits and metrics are separate
 * classes.
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

    /** No recovery: the failure stays what it is. */
    private static <T> Recovery<T> none() {
      return failure -> {
        if (failure instanceof Error error) {
          throw error;
        }
        throw (Exception) failure;
      };
    }
  }

  private final String name;
  private final Deadline deadline;
  private final ScopeWatch watch;
  private final Instant openedAt;
  private final long openedNanos;
  private final long grantedMs;
  private final ContextSnapshot context;
  private final @Nullable Subtask<?> parent = Subtask.current();
  private final Subtasks subtasks = new Subtasks();

  private @Nullable Round round;
  private boolean closed;

  DeadlineScope(
      String name, Deadline deadline, Instant openedAt, ContextSnapshot context, ScopeWatch watch) {
    this.name = name;
    this.deadline = deadline;
    this.openedAt = openedAt;
    this.openedNanos = deadline.ticker().nanoTime();
    this.grantedMs = deadline.remaining().toMillis();
    this.context = context;
    this.watch = watch;
  }

  public Deadline deadline() {
    return deadline;
  }

  /** Starts a subtask whose failure fails the scope. */
  public <T> Subtask<T> fork(String subtask, Work<T> work) {
    return start(subtask, deadline, work, Recovery.none(), _ -> null);
  }

  /**
   * Starts a subtask whose result may be decisive: when {@code decisive} accepts it, the other
   * subtasks are canceled and {@link #join()} returns at once, without a failure.
   */
  public <T> Subtask<T> fork(String subtask, Work<T> work, Predicate<T> decisive) {
    return forkUntil(
        subtask,
        work,
        result -> decisive.test(result) ? new Cancellation.SiblingDecided(subtask) : null);
  }

  /**
   * Starts a subtask whose result may end the round.
   *
   * @param ends why to cancel the others; null: do not
   */
  <T> Subtask<T> forkUntil(String subtask, Work<T> work, Function<T, @Nullable Cancellation> ends) {
    return start(subtask, deadline, work, Recovery.none(), ends);
  }

  /**
   * Starts a subtask with a limit of its own and a recovery. It is interrupted at the earlier of
   * {@code limit} and the scope's deadline. The recovery runs in the subtask after a failure or
   * after its own limit, but not after the scope was canceled; what it throws fails the scope.
   */
  public <T> Subtask<T> fork(String subtask, Duration limit, Work<T> work, Recovery<T> recovery) {
    Deadline limited = deadline.within(limit);
    if (limited == deadline) {
      return start(subtask, deadline, work, recovery, _ -> null);
    }
    // The work has its own thread; the thread that waits for it needs no context.
    Work<T> within = left -> TimeLimited.call(subtask, left, inContext(work));
    Recovery<T> mend = failure -> inContext(_ -> recovery.recover(failure)).call(deadline);
    return start(subtask, limited, within, mend, _ -> null, body -> body);
  }

  private <T> Work<T> inContext(Work<T> work) {
    Work<T> carried = watch.carry(work);
    return left -> context.wrap(() -> carried.call(left)).call();
  }

  private <T> Subtask<T> start(
      String subtask,
      Deadline limit,
      Work<T> work,
      Recovery<T> recovery,
      Function<T, @Nullable Cancellation> ends) {
    return start(subtask, limit, work, recovery, ends, context::wrap);
  }

  private <T> Subtask<T> start(
      String subtask,
      Deadline limit,
      Work<T> work,
      Recovery<T> recovery,
      Function<T, @Nullable Cancellation> ends,
      UnaryOperator<Callable<@Nullable Cancellation>> around) {
    Round current = openRound();
    var record = new Subtask<T>(name, subtask, limit, openedNanos, current::cause);
    subtasks.add(record);
    watch.forked();
    Callable<T> run = () -> run(current, record, work, recovery);
    current.fork(subtask, around.apply(() -> ends.apply(watch.follow(record, run))));
    return record;
  }

  private Round openRound() {
    if (closed) {
      throw new IllegalStateException("scope %s is closed".formatted(name));
    }
    Round current = round == null ? new Round(name, deadline) : round;
    round = current;
    return current;
  }

  private <T> T run(Round current, Subtask<T> subtask, Work<T> work, Recovery<T> recovery)
      throws Exception {
    try {
      return subtask.run(work);
    } catch (Exception e) {
      if (current.cause() != null
          || subtask.state() == SubtaskState.CANCELED
          || deadline.expired()) {
        throw e;
      }
      return subtask.recover(recovery, e);
    } finally {
      watch.ended(subtask.state());
    }
  }

  /**
   * Runs a step on the owner's thread and records it like a subtask. The deadline does not
   * interrupt it: it is for work that must be waited for once started, such as a commit.
   */
  public <T> T step(String step, Work<T> work) throws Exception {
    var record = new Subtask<T>(name, step, deadline, openedNanos, this::ownersCause);
    subtasks.add(record);
    return watch.follow(record, () -> record.run(work));
  }

  private @Nullable Cancellation ownersCause() {
    return parent == null ? null : parent.cause();
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
    switch (endOf(current)) {
      case null -> {}
      case Cancellation.SiblingDecided _ -> {}
      case Cancellation.SiblingFailed(String subtask, Throwable error) -> {
        watch.canceled(SubtaskState.FAILED);
        throw subtasks.failure(name, subtask, error);
      }
      case Cancellation _ -> {
        watch.deadlineMissed();
        throw subtasks.deadlineExceeded(name, grantedMs);
      }
    }
  }

  private @Nullable Cancellation endOf(Round current) throws InterruptedException {
    try {
      return current.join();
    } finally {
      subtasks.recordWhatNeverBegan(watch);
    }
  }

  /** What happened so far. Complete after {@link #join()}. */
  public ScopeReport report() {
    int survivors = subtasks.running();
    return new ScopeReport(
        name,
        parent == null ? null : new Parent(parent.scope(), parent.name()),
        openedAt,
        grantedMs,
        subtasks.report(),
        subtasks.size(),
        subtasks.size() - survivors,
        survivors);
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
      watch.closed(subtasks.running());
      if (parent != null) {
        parent.nested().closed(this);
      }
    }
  }

  private void cancelWhatWasNotJoined() {
    Round current = round;
    if (current != null) {
      round = null;
      watch.canceled(SubtaskState.CANCELED);
      current.close();
      subtasks.recordWhatNeverBegan(watch);
    }
  }
}
