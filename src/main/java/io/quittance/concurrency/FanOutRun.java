package io.quittance.concurrency;

import io.quittance.concurrency.Cancellation.DeadlinePassed;
import io.quittance.concurrency.Cancellation.LimitPassed;
import io.quittance.concurrency.Cancellation.SiblingFailed;
import io.quittance.concurrency.FanOut.Mapper;
import io.quittance.concurrency.FanOut.Progress;
import io.quittance.concurrency.FanOut.Result;
import io.quittance.concurrency.TimeLimited.LimitPassedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One fan-out: its settings, its run, and how far it has come. It is configured and run by one
 * thread, and runs once; {@link #stop()} and {@link #progress()} may be called by any.
 */
public final class FanOutRun<T, R> {

  /** Receives results, on the thread that runs the fan-out. */
  @FunctionalInterface
  public interface Listener<R> {

    /**
     * @param index the item's place in the list, from 0
     */
    void onResult(int index, Result<R> result) throws InterruptedException;
  }

  private final DeadlineScopes scopes;
  private final String name;
  private final List<T> items;
  private final int parallelism;
  private final Mapper<T, R> mapper;
  private final FanOutState<R> state;
  private final AtomicReference<@Nullable SiblingFailed> failure = new AtomicReference<>();
  private final AtomicBoolean used = new AtomicBoolean();

  private @Nullable Duration limit;
  private Duration grace = Duration.ZERO;
  private boolean failFast;
  private Predicate<? super Result<R>> stops = _ -> false;
  private @Nullable Listener<R> listener;

  FanOutRun(
      DeadlineScopes scopes, String name, List<T> items, int parallelism, Mapper<T, R> mapper) {
    this.scopes = scopes;
    this.name = name;
    this.items = items;
    this.parallelism = parallelism;
    this.mapper = mapper;
    this.state = new FanOutState<>(items.size());
  }

  /**
   * Limits each item's time, from its start. An item that takes longer is interrupted, and the
   * others go on. Costs a second virtual thread per item: work that keeps to a deadline by itself
   * can call {@link Deadline#within} instead.
   */
  public FanOutRun<T, R> limit(Duration perItem) {
    this.limit = perItem;
    return this;
  }

  /**
   * Sets how long after the deadline work that is under way may go on before it is interrupted; by
   * default zero. No item starts after the deadline in any case.
   */
  public FanOutRun<T, R> grace(Duration afterDeadline) {
    this.grace = afterDeadline;
    return this;
  }

  /**
   * Makes the first item that fails or exceeds its limit cancel the others; no more items start.
   */
  public FanOutRun<T, R> failFast() {
    this.failFast = true;
    return this;
  }

  /**
   * Starts no more items after a result that matches; those under way go on. The predicate is
   * called on the items' threads; if it throws, the item has failed by that, and no more begin.
   */
  public FanOutRun<T, R> stopWhen(Predicate<? super Result<R>> last) {
    this.stops = last;
    return this;
  }

  /**
   * Sets a listener that is called exactly once for each item, as they end, and at the end for
   * those that never started; on the thread that called {@link #run}. A slow listener does not hold
   * up the items. An exception of it cancels all work and is thrown by {@link #run}.
   */
  public FanOutRun<T, R> onResult(Listener<R> told) {
    this.listener = told;
    return this;
  }

  /** Starts no more items; those under way go on. */
  public void stop() {
    state.stop();
  }

  /** The progress; all counts are of one instant. */
  public Progress progress() {
    return state.progress();
  }

  /**
   * Maps the items and waits for what has begun.
   *
   * @return one result per item, in the order of the items
   * @throws InterruptedException the caller was interrupted; all work was canceled, and the
   *     listener has been told
   * @throws IllegalStateException it has run before
   */
  public List<Result<R>> run(Deadline deadline) throws InterruptedException {
    if (used.getAndSet(true)) {
      throw new IllegalStateException("fan-out %s has run".formatted(name));
    }
    var notifier = new FanOutNotifier<>(state, listener);
    try (DeadlineScope scope = scopes.open(name, deadline.extended(grace))) {
      int slots = Math.min(parallelism, items.size());
      for (int i = 0; i < slots; i++) {
        scope.forkUntil(name, _ -> workedOff(deadline, notifier), _ -> failure.get());
      }
      notifyWhileRunning(notifier, slots, scope.deadline());
      awaitSlots(scope);
    } catch (InterruptedException e) {
      notifier.notifyOfTheRest();
      throw e;
    }
    notifier.notifyOfTheRest();
    return state.results();
  }

  /** An interrupt is handled by the join, which cancels the work. */
  private void notifyWhileRunning(FanOutNotifier<R> notifier, int slots, Deadline cutoff) {
    try {
      notifier.notifyWhileRunning(slots, cutoff);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitSlots(DeadlineScope scope) throws InterruptedException {
    try {
      scope.join();
    } catch (DeadlineExceededException late) {
      // Each item says so itself.
    } catch (ScopeFailedException e) {
      if (failure.get() == null) {
        throw e;
      }
    }
  }

  /** Works on items until none is left or all are canceled. */
  private boolean workedOff(Deadline deadline, FanOutNotifier<R> notifier) {
    boolean inOrder = false;
    try {
      for (int i = next(deadline); i != FanOutState.NONE; i = next(deadline)) {
        state.end(i, judged(i, map(items.get(i), deadline)));
        notifier.itemEnded(i);
      }
      inOrder = true;
      return failure.get() == null;
    } finally {
      notifier.slotEnded(!inOrder || failure.get() != null);
    }
  }

  private int next(Deadline deadline) {
    // The previous item may have left an interrupt pending. It is cleared before the cause is read:
    // a cancellation sets its cause first and interrupts only once.
    Thread.interrupted();
    boolean canceled = deadline.expired() || Subtask.cancellation().isPresent();
    return canceled ? FanOutState.NONE : state.begin();
  }

  private Result<R> map(T item, Deadline deadline) {
    Deadline own = limit == null ? deadline : deadline.within(limit);
    try {
      return new Result.Done<>(call(item, own));
    } catch (LimitPassedException e) {
      return new Result.Cut<>(own == deadline ? new DeadlinePassed() : new LimitPassed());
    } catch (Throwable e) {
      Cancellation why = Subtask.isCancellation(e) ? canceledBy(deadline) : null;
      return why == null ? new Result.Failed<>(e) : new Result.Cut<>(why);
    }
  }

  private R call(T item, Deadline own) throws Exception {
    if (limit == null) {
      return mapper.map(item, own);
    }
    return TimeLimited.call(name, own.extended(grace), _ -> mapper.map(item, own));
  }

  private static @Nullable Cancellation canceledBy(Deadline deadline) {
    Cancellation why = Subtask.cancellation().orElse(null);
    return why == null && deadline.expired() ? new DeadlinePassed() : why;
  }

  /**
   * Called before the item's end is visible, so that nothing starts after it. If the predicate
   * throws, the item has failed.
   */
  private Result<R> judged(int index, Result<R> result) {
    try {
      judge(index, result);
      return result;
    } catch (Throwable e) {
      state.stop();
      return new Result.Failed<>(e);
    }
  }

  private void judge(int index, Result<R> result) {
    Throwable error = failFast ? error(index, result) : null;
    if (error != null) {
      failure.compareAndSet(null, new SiblingFailed("item " + index, error));
    }
    if (error != null || stops.test(result)) {
      state.stop();
    }
  }

  private static @Nullable Throwable error(int index, Result<?> result) {
    return switch (result) {
      case Result.Failed<?>(Throwable e) -> e;
      case Result.Cut<?>(LimitPassed _) -> new LimitPassedException("item " + index);
      default -> null;
    };
  }
}
