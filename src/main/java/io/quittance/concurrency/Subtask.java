package io.quittance.concurrency;

import io.quittance.concurrency.ScopeReport.Entry;
import io.quittance.concurrency.ScopeReport.Outcome;
import java.nio.channels.ClosedByInterruptException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The record of one subtask of a {@link DeadlineScope}. It is written by the subtask itself, so
 * that a result survives the scope's cancellation (the JDK drops it then, JEP 505).
 *
 * <p>Results may be read by the owner after {@link DeadlineScope#join()} has returned or thrown.
 */
public final class Subtask<T> {

  private static final ScopedValue<Subtask<?>> CURRENT = ScopedValue.newInstance();

  private final String name;
  private final Deadline deadline;
  private final long openedNanos;
  private final long startNanos;
  private final long budgetMs;
  private final Map<String, String> notes = new ConcurrentHashMap<>(2);

  private volatile boolean begun;
  private volatile boolean late;
  private volatile long endNanos;
  private volatile Outcome outcome = Outcome.RUNNING;
  private volatile @Nullable Throwable error;
  private volatile @Nullable T value;

  Subtask(String name, Deadline deadline, long openedNanos) {
    this.name = name;
    this.deadline = deadline;
    this.openedNanos = openedNanos;
    this.startNanos = System.nanoTime();
    this.budgetMs = deadline.remaining().toMillis();
  }

  /** Leaves a note on the subtask that the calling thread runs, if it runs one. */
  public static void note(String key, String text) {
    if (CURRENT.isBound()) {
      CURRENT.get().notes.put(key, text);
    }
  }

  public String name() {
    return name;
  }

  public Outcome outcome() {
    return outcome;
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
    return value()
        .orElseThrow(() -> new IllegalStateException(name + " has no result: " + outcome));
  }

  /** How it failed, also when a recovery has mended it. */
  public Optional<Throwable> error() {
    return Optional.ofNullable(error);
  }

  Deadline deadline() {
    return deadline;
  }

  /** Runs the work on the calling thread and records how it ended. */
  T run(DeadlineScope.Work<T> work, boolean cutAtLimit) throws Exception {
    begun = true;
    try {
      T result =
          ScopedValue.where(CURRENT, this)
              .call(() -> cutAtLimit ? Round.call(name, deadline, work) : work.call(deadline));
      value = result;
      end(Outcome.OK);
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

  /** Records whether the scope's deadline had passed when the work and its recovery had ended. */
  void endedLate(boolean late) {
    this.late = late;
  }

  boolean endedLate() {
    return late;
  }

  boolean begun() {
    return begun;
  }

  /** Records the end of a subtask that no thread was started for. */
  void neverBegan() {
    end(canceledOrTimedOut());
  }

  private void end(Outcome how) {
    endNanos = System.nanoTime();
    outcome = how;
  }

  private Outcome classify(Throwable e) {
    if (e instanceof DeadlineExceededException) {
      return Outcome.TIMED_OUT;
    }
    if (!isCancellation(e)) {
      return Outcome.FAILED;
    }
    return canceledOrTimedOut();
  }

  private Outcome canceledOrTimedOut() {
    return deadline.expired() ? Outcome.TIMED_OUT : Outcome.CANCELED;
  }

  /** Whether an error says no more than that somebody asked the work to stop. */
  public static boolean isCancellation(@Nullable Throwable e) {
    return e instanceof InterruptedException
        || e instanceof CancellationException
        || e instanceof ClosedByInterruptException
        || (e != null && e.getCause() != e && isCancellation(e.getCause()));
  }

  Entry report() {
    boolean ended = outcome != Outcome.RUNNING;
    return new Entry(
        name,
        millisFromOpening(startNanos),
        millisFromOpening(ended ? endNanos : System.nanoTime()),
        outcome,
        error,
        budgetMs,
        Map.copyOf(notes));
  }

  private double millisFromOpening(long nanos) {
    return Math.round((nanos - openedNanos) / 1e3) / 1e3;
  }
}
