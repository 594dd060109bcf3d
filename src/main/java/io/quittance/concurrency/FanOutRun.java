package io.quittance.concurrency;

import io.quittance.concurrency.Cancellation.DeadlinePassed;
import io.quittance.concurrency.Cancellation.LimitPassed;
import io.quittance.concurrency.Cancellation.OwnerInterrupted;
import io.quittance.concurrency.Cancellation.SiblingFailed;
import io.quittance.concurrency.FanOut.Mapper;
import io.quittance.concurrency.FanOut.Progress;
import io.quittance.concurrency.FanOut.Result;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One fan-out: its settings, its run, and how far it has come. It is configured and run by one
 * thread, and runs once; {@link #stop()} and {@link #progress()} may be called by any.
 */
public final class FanOutRun<T, R> {

  /** Is told of results, on the thread that runs the fan-out. */
  @FunctionalInterface
  public interface Listener<R> {

    /**
     * @param index the item's place in the list, from 0
     */
    void onResult(int index, Result<R> result) throws InterruptedException;
  }

  private static final int SLOT_ENDED = -1;

  private final DeadlineScopes scopes;
  private final String name;
  private final List<T> items;
  private final int parallelism;
  private final Mapper<T, R> mapper;
  private final FanOutState<R> state;
  private final BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();
  private final AtomicReference<@Nullable SiblingFailed> failed = new AtomicReference<>();
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
   * What each item gets from its beginning, at most. An item that takes longer is interrupted, and
   * the others go on. Costs a second virtual thread per item: work that keeps to a deadline by
   * itself can call {@link Deadline#within} instead.
   */
  public FanOutRun<T, R> limit(Duration perItem) {
    this.limit = perItem;
    return this;
  }

  /**
   * How long after its deadline work that is under way may end by itself before it is interrupted;
   * zero unless told. Nothing begins after the deadline all the same.
   */
  public FanOutRun<T, R> grace(Duration afterDeadline) {
    this.grace = afterDeadline;
    return this;
  }

  /** The first item that fails, or runs into its limit, cuts the others; no more begin. */
  public FanOutRun<T, R> failFast() {
    this.failFast = true;
    return this;
  }

  /**
   * No item begins after one with such a result has ended; those under way go on. The predicate is
   * called on the items' threads.
   */
  public FanOutRun<T, R> stopWhen(Predicate<? super Result<R>> last) {
    this.stops = last;
    return this;
  }

  /**
   * Is told of each item exactly once, as they end, and in the end of those that never began; on
   * the thread that called {@link #run}. A slow listener does not hold up the items. What it throws
   * cancels all work and leaves {@link #run}.
   */
  public FanOutRun<T, R> onResult(Listener<R> told) {
    this.listener = told;
    return this;
  }

  /** Lets no more items begin; those under way go on. */
  public void stop() {
    state.stop();
  }

  /** How far it has come; the counts belong to one instant. */
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
    try (DeadlineScope scope = scopes.open(name, deadline.extended(grace))) {
      int slots = Math.min(parallelism, items.size());
      for (int i = 0; i < slots; i++) {
        scope.fork(name, _ -> drain(deadline), Boolean::booleanValue);
      }
      tellUntilTheEndOf(slots, scope.deadline());
      awaitSlots(scope);
    } catch (InterruptedException e) {
      tellTheRest();
      throw e;
    }
    tellTheRest();
    return state.results();
  }

  private static void awaitSlots(DeadlineScope scope) throws InterruptedException {
    try {
      scope.join();
    } catch (DeadlineExceededException late) {
      // Each item says so itself.
    }
  }

  private void tellUntilTheEndOf(int slots, Deadline cutoff) throws InterruptedException {
    if (listener == null) {
      return;
    }
    int running = slots;
    while (running > 0) {
      Integer next = ended.poll(cutoff.remainingNanos(), TimeUnit.NANOSECONDS);
      if (next == null) {
        return;
      }
      if (next == SLOT_ENDED) {
        running--;
      } else {
        tell(listener, next);
      }
    }
  }

  private void tellTheRest() throws InterruptedException {
    if (listener == null) {
      return;
    }
    for (Integer next = ended.poll(); next != null; next = ended.poll()) {
      if (next != SLOT_ENDED) {
        tell(listener, next);
      }
    }
    for (int i = state.progress().begun(); i < items.size(); i++) {
      tell(listener, i);
    }
  }

  private void tell(Listener<R> told, int index) throws InterruptedException {
    told.onResult(index, state.result(index));
  }

  /** Takes item after item; true if all is to end now. */
  private boolean drain(Deadline deadline) throws InterruptedException {
    try {
      while (!deadline.expired()) {
        int index = state.begin();
        if (index == FanOutState.NONE) {
          return false;
        }
        if (mapped(index, deadline)) {
          return true;
        }
      }
      return false;
    } finally {
      ended.add(SLOT_ENDED);
    }
  }

  /** Maps one item and records what became of it; true if that ends all. */
  private boolean mapped(int index, Deadline deadline) throws InterruptedException {
    Deadline own = limit == null ? deadline : deadline.within(limit);
    try {
      return ended(index, new Result.Done<>(call(items.get(index), own)));
    } catch (InterruptedException e) {
      ended(index, new Result.Cut<>(why(deadline)));
      throw e;
    } catch (Round.LimitPassedException e) {
      boolean whole = own == deadline;
      return ended(index, new Result.Cut<>(whole ? new DeadlinePassed() : new LimitPassed()));
    } catch (Throwable e) {
      boolean cut = Subtask.isCancellation(e) && (deadline.expired() || failed.get() != null);
      return ended(index, cut ? new Result.Cut<>(why(deadline)) : new Result.Failed<>(e));
    }
  }

  private Cancellation why(Deadline deadline) {
    Cancellation failure = failed.get();
    if (failure != null) {
      return failure;
    }
    return deadline.expired() ? new DeadlinePassed() : new OwnerInterrupted();
  }

  private R call(T item, Deadline own) throws Exception {
    if (limit == null) {
      return mapper.map(item, own);
    }
    return Round.call(name, own.extended(grace), _ -> mapper.map(item, own));
  }

  private boolean ended(int index, Result<R> result) {
    if (stops.test(result)) {
      state.stop();
    }
    boolean fatal = failFast && endsAll(index, result);
    state.end(index, result);
    ended.add(index);
    return fatal;
  }

  /** Whether it is the failure that ends all; remembered before anybody is interrupted for it. */
  private boolean endsAll(int index, Result<R> result) {
    Throwable error =
        switch (result) {
          case Result.Failed<R>(Throwable e) -> e;
          case Result.Cut<R>(LimitPassed _) -> new Round.LimitPassedException("item " + index);
          default -> null;
        };
    if (error == null) {
      return false;
    }
    state.stop();
    return failed.compareAndSet(null, new SiblingFailed("item " + index, error));
  }
}
