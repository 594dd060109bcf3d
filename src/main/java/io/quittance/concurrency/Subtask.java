package io.quittance.concurrency;

import io.quittance.concurrency.Cancellation.LimitPassed;
import io.quittance.concurrency.ScopeReport.Entry;
import io.quittance.concurrency.ScopeReport.SubtaskState;
import io.quittance.concurrency.TimeLimited.LimitPassedException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The record of one subtask of a {@link DeadlineScope}. It is written by the subtask itself, so
 * that a result survives the scope's cancellation (the JDK drops it then, JEP 505).
 *
 * <p>Results may be read by the owner after {@link DeadlineScope#join()} has returned or thrown.
 */
public final class Subtask<T> {

  private static final ScopedValue<Subtask<?>> CURRENT = ScopedValue.newInstance();

  private final String scope;
  private final String name;
  private final Deadline deadline;
  private final long openedNanos;
  private final Supplier<@Nullable Cancellation> canceledBy;
  private final long startNanos;
  private final long budgetMs;
  private final Map<String, String> notes = new ConcurrentHashMap<>(2);

  private volatile boolean begun;
  private volatile @Nullable Round limited;
  private volatile @Nullable NestedScopes nested;
  private volatile long endNanos;
  private volatile SubtaskState state = SubtaskState.RUNNING;
  private volatile @Nullable Throwable error;
  private volatile @Nullable Cancellation cancellation;
  private volatile @Nullable T value;

  /**
   * @param canceledBy what has canceled the round that it belongs to, if anything has
   */
  Subtask(
      String scope,
      String name,
      Deadline deadline,
      long openedNanos,
      Supplier<@Nullable Cancellation> canceledBy) {
    this.scope = scope;
    this.name = name;
    this.deadline = deadline;
    this.openedNanos = openedNanos;
    this.canceledBy = canceledBy;
    this.startNanos = now();
    this.budgetMs = deadline.remaining().toMillis();
  }

  private long now() {
    return deadline.ticker().nanoTime();
  }

  /** The subtask that the calling thread runs, if it runs one. */
  static @Nullable Subtask<?> current() {
    return CURRENT.isBound() ? CURRENT.get() : null;
  }

  /** The clock of the calling thread's subtask; outside of a subtask, the machine's clock. */
  static Ticker ticker() {
    Subtask<?> current = current();
    return current == null ? Ticker.SYSTEM : current.deadline.ticker();
  }

  /**
   * Why the subtask that the calling thread runs was canceled, if it was: what {@code
   * context.Cause} tells in Go. Known as soon as the interrupt comes. A scope that was canceled
   * because its parent was has the parent's cause.
   */
  public static Optional<Cancellation> cancellation() {
    Subtask<?> current = current();
    return current == null ? Optional.empty() : Optional.ofNullable(current.cause());
  }

  /** Leaves a note on the subtask that the calling thread runs, if it runs one. */
  public static void note(String key, String text) {
    Subtask<?> current = current();
    if (current != null) {
      current.notes.put(key, text);
    }
  }

  /** Until it is closed, the calling thread's subtask may also be canceled by this round. */
  static Limit limitedBy(Round round) {
    Subtask<?> current = current();
    if (current == null) {
      return () -> {};
    }
    Round before = current.limited;
    current.limited = round;
    return () -> current.limited = before;
  }

  /** Ends a limit. */
  @FunctionalInterface
  interface Limit extends AutoCloseable {
    @Override
    void close();
  }

  @Nullable Cancellation cause() {
    Round own = limited;
    Cancellation limits = own == null ? null : own.cause();
    return limits == null ? canceledBy.get() : limits;
  }

  String scope() {
    return scope;
  }

  synchronized NestedScopes nested() {
    NestedScopes known = nested;
    if (known == null) {
      known = new NestedScopes();
      nested = known;
    }
    return known;
  }

  public String name() {
    return name;
  }

  public SubtaskState state() {
    return state;
  }

  /** What the work, or its recovery, returned; empty when neither did. */
  public Optional<T> value() {
    return Optional.ofNullable(value);
  }

  /**
   * What the work, or its recovery, returned.
   *
   * @throws IllegalStateException when neither did
   */
  public T result() {
    return value().orElseThrow(() -> new IllegalStateException(name + " has no result: " + state));
  }

  /** How it failed, even if a recovery succeeded. */
  public Optional<Throwable> error() {
    return Optional.ofNullable(error);
  }

  /** Runs the work on the calling thread and records how it ended. */
  T run(DeadlineScope.Work<T> work) throws Exception {
    begun = true;
    try {
      T result = ScopedValue.where(CURRENT, this).call(() -> work.call(deadline));
      value = result;
      end(SubtaskState.OK);
      return result;
    } catch (Throwable e) {
      error = e;
      end(classify(e));
      throw e;
    }
  }

  /** Turns a failure into the recovery's value, or records the error that replaces it. */
  T recover(DeadlineScope.Recovery<T> recovery, Throwable failure) throws Exception {
    try {
      T mended = ScopedValue.where(CURRENT, this).call(() -> recovery.recover(failure));
      value = mended;
      return mended;
    } catch (Throwable e) {
      if (e != failure) {
        if (e.getCause() != failure) {
          e.addSuppressed(failure);
        }
        error = e;
      }
      throw e;
    }
  }

  boolean begun() {
    return begun;
  }

  /** Records the end of a subtask for which no thread was started. */
  void neverBegan() {
    end(canceledOrTimedOut());
  }

  private void end(SubtaskState how) {
    endNanos = now();
    if (how != SubtaskState.OK) {
      cancellation = error instanceof LimitPassedException ? new LimitPassed() : cause();
    }
    state = how;
  }

  private SubtaskState classify(Throwable e) {
    if (e instanceof DeadlineExceededException) {
      return SubtaskState.TIMED_OUT;
    }
    if (!isCancellation(e)) {
      return SubtaskState.FAILED;
    }
    return canceledOrTimedOut();
  }

  private SubtaskState canceledOrTimedOut() {
    return deadline.expired() ? SubtaskState.TIMED_OUT : SubtaskState.CANCELED;
  }

  /** Whether an error only means that the work was asked to stop. */
  public static boolean isCancellation(@Nullable Throwable e) {
    return e instanceof InterruptedException
        || e instanceof CancellationException
        || e instanceof ClosedByInterruptException
        || (e != null && e.getCause() != e && isCancellation(e.getCause()));
  }

  Entry report() {
    boolean ended = state != SubtaskState.RUNNING;
    NestedScopes opened = nested;
    return new Entry(
        name,
        millisFromOpening(startNanos),
        millisFromOpening(ended ? endNanos : now()),
        state,
        error,
        cancellation,
        budgetMs,
        Map.copyOf(notes),
        opened == null ? List.of() : opened.reports(),
        opened == null ? 0 : opened.count());
  }

  private double millisFromOpening(long nanos) {
    return Math.round((nanos - openedNanos) / 1e3) / 1e3;
  }
}
