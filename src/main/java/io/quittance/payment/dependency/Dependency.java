package io.quittance.payment.dependency;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.DeadlineScope.Work;
import io.quittance.concurrency.Subtask;
import io.quittance.concurrency.Ticker;
import io.quittance.concurrency.pool.ExpiredInQueueException;
import io.quittance.journal.StillQueuedException;
import io.quittance.payment.FaultPoint;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a payment depends on, behind its circuit breaker. Thread-safe.
 *
 * <p>Only failures of the dependency itself count. The cancellation of a sibling, a full queue, a
 * deadline that is too short, and errors of one caller's request are neutral, because all callers
 * share the breaker. A deadline is too short if it is below a fixed limit, or shorter than the
 * slowest call that succeeded in the last seconds. When none has succeeded in them, the last ones
 * that did say what it needs, but no more than half of the default deadline, and a second at most:
 * otherwise, after an outage, callers with short deadlines would open the breaker again and again
 * for all.
 *
 * <p>So a dependency that hangs opens the breaker as soon as calls time out that had as much time
 * as the last successes took, or that limit. While all callers have less, it stays closed: each
 * waits for as long as its own short deadline, and nobody else is affected.
 */
public final class Dependency {

  /** The key of the note with the breaker's state at the call. */
  public static final String BREAKER_NOTE = "breaker";

  private final CircuitBreaker breaker;
  private final Duration fairBudget;
  private final Predicate<Throwable> toBlame;
  private final @Nullable FaultPoint faults;
  private final Ticker ticker;
  private final RecentSuccesses successes;

  /**
   * @param fairBudget a call that had less time than this and timed out does not count as a failure
   * @param toBlame whether any other failure is the dependency's fault, and not its caller's
   * @param olderMax what counts at most of a success that is some seconds old
   */
  Dependency(
      CircuitBreaker breaker,
      Duration fairBudget,
      Predicate<Throwable> toBlame,
      @Nullable FaultPoint faults,
      Ticker ticker,
      Duration olderMax) {
    this.breaker = breaker;
    this.fairBudget = fairBudget;
    this.toBlame = toBlame;
    this.faults = faults;
    this.ticker = ticker;
    this.successes = new RecentSuccesses(ticker, olderMax);
  }

  /** Work that can report that it waits for something other than the dependency. */
  @FunctionalInterface
  public interface ExcusableWork<T> {

    /**
     * @param excuse tells the breaker not to count this call, however it ends; may be called by any
     *     thread
     */
    T call(Deadline deadline, Runnable excuse) throws Exception;
  }

  public String name() {
    return breaker.getName();
  }

  /**
   * Puts the work behind the breaker. It runs on its caller's thread; while the breaker is open, it
   * throws {@link CallNotPermittedException} at once.
   */
  public <T> Work<T> behindBreaker(Work<T> work) {
    return deadline -> call(deadline, (limit, _) -> work.call(limit));
  }

  /**
   * As {@link #behindBreaker(Work)}, for work that may wait long for something other than the
   * dependency. That matters because a half-open breaker permits few calls, and waits for all of
   * them.
   */
  public <T> Work<T> behindBreaker(ExcusableWork<T> work) {
    return deadline -> call(deadline, work);
  }

  private <T> T call(Deadline deadline, ExcusableWork<T> work) throws Exception {
    Subtask.note(BREAKER_NOTE, breakerState());
    breaker.acquirePermission();
    var counts = new AtomicBoolean(true);
    Runnable excuse =
        () -> {
          if (counts.getAndSet(false)) {
            breaker.releasePermission();
          }
        };
    Duration budget = deadline.remaining();
    long start = ticker.nanoTime();
    try {
      if (faults != null) {
        faults.disturb(name());
      }
      T result = work.call(deadline, excuse);
      if (counts.getAndSet(false)) {
        succeeded(ticker.nanoTime() - start);
      }
      return result;
    } catch (Throwable e) {
      if (blameless(e, deadline, budget)) {
        excuse.run();
      } else if (counts.getAndSet(false)) {
        breaker.onError(ticker.nanoTime() - start, TimeUnit.NANOSECONDS, e);
      }
      throw e;
    }
  }

  private void succeeded(long tookNanos) {
    successes.add(tookNanos);
    breaker.onSuccess(tookNanos, TimeUnit.NANOSECONDS);
  }

  /** The problem of a call that the breaker did not permit. */
  public Problem refusal() {
    return Problem.of(
            ProblemCode.DEPENDENCY_UNAVAILABLE,
            "The circuit breaker of %1$s is open because calls to %1$s fail; nothing was started."
                .formatted(name()))
        .dependency(name())
        .retryAfter(openFor());
  }

  /** closed, open or half_open. */
  String breakerState() {
    return breaker.getState().name().toLowerCase(Locale.ROOT);
  }

  private boolean blameless(Throwable e, Deadline deadline, Duration budget) {
    boolean outOfTime =
        e instanceof DeadlineExceededException || (Subtask.isCancellation(e) && deadline.expired());
    if (e instanceof StillQueuedException || e instanceof ExpiredInQueueException) {
      return true;
    }
    if (outOfTime) {
      return budget.compareTo(fairBudget) < 0 || budget.compareTo(successes.longest()) < 0;
    }
    return Subtask.isCancellation(e) || e instanceof RejectedExecutionException || !toBlame.test(e);
  }

  /** How long the breaker stays open, at most. */
  public Duration openFor() {
    return Duration.ofMillis(
        breaker.getCircuitBreakerConfig().getWaitIntervalFunctionInOpenState().apply(1));
  }
}
