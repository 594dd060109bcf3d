package io.quittance.concurrency;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An absolute instant on the monotonic clock by which work must have ended. One deadline is passed
 * down a call tree; a child's is never later than its parent's ({@link #within(Duration)}). This is
 * the part that {@code context.WithTimeout} plays in Go.
 *
 * <p>Immutable and safe to share between threads. Resolution is that of its {@link Ticker}.
 */
public final class Deadline {

  private final Ticker ticker;
  private final long startNanos;
  private final long endNanos;

  private Deadline(Ticker ticker, long startNanos, long endNanos) {
    this.ticker = ticker;
    this.startNanos = startNanos;
    this.endNanos = endNanos;
  }

  /** A deadline {@code budget} from now; a budget of zero or less has passed already. */
  public static Deadline after(Duration budget) {
    return after(budget, Ticker.SYSTEM);
  }

  /** As {@link #after(Duration)}, on a clock of the caller's choice. */
  public static Deadline after(Duration budget, Ticker ticker) {
    return startingAt(ticker.nanoTime(), budget, ticker);
  }

  /** A deadline {@code budget} after {@code startNanos}, a reading of {@link System#nanoTime()}. */
  public static Deadline startingAt(long startNanos, Duration budget) {
    return startingAt(startNanos, budget, Ticker.SYSTEM);
  }

  private static Deadline startingAt(long startNanos, Duration budget, Ticker ticker) {
    return new Deadline(ticker, startNanos, startNanos + budget.toNanos());
  }

  /** The earlier of this deadline and {@code limit} from now. */
  public Deadline within(Duration limit) {
    long now = ticker.nanoTime();
    long limited = now + limit.toNanos();
    return limited - endNanos < 0 ? new Deadline(ticker, now, limited) : this;
  }

  /** A later deadline, for what comes after the work itself. */
  Deadline extended(Duration by) {
    return by.isZero() ? this : new Deadline(ticker, startNanos, endNanos + by.toNanos());
  }

  /** The time that was granted at the start. */
  public Duration granted() {
    return Duration.ofNanos(endNanos - startNanos);
  }

  /** The time since the start; more than {@link #granted()} once it has expired. */
  public Duration used() {
    return Duration.ofNanos(ticker.nanoTime() - startNanos);
  }

  /** The time left, never negative. */
  public Duration remaining() {
    return Duration.ofNanos(remainingNanos());
  }

  /** The time left in nanoseconds, never negative. */
  public long remainingNanos() {
    return Math.max(0, endNanos - ticker.nanoTime());
  }

  /** Whether no time is left. Once true, it stays true. */
  public boolean expired() {
    return endNanos - ticker.nanoTime() <= 0;
  }

  /**
   * Waits for a future, no longer than this deadline. The future itself is left alone.
   *
   * @throws DeadlineExceededException when the deadline passes first
   * @throws RuntimeException the future's own failure, unwrapped; a checked one arrives inside a
   *     {@link CompletionException}
   */
  public <T> T await(Future<T> future) throws InterruptedException {
    while (true) {
      try {
        return future.get(sleepNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (expired()) {
          throw new DeadlineExceededException("still waiting when the deadline passed");
        }
      } catch (ExecutionException e) {
        throw unwrapped(e);
      }
    }
  }

  /**
   * How long a thread that waits for this deadline may sleep, on the machine's clock, before it
   * checks again; 0 once it has expired.
   */
  public long sleepNanos() {
    long nanos = remainingNanos();
    return nanos == 0 ? 0 : ticker.sleepNanos(nanos);
  }

  /** Whether the machine's own timers may wait for it. */
  boolean onSystemClock() {
    return ticker == Ticker.SYSTEM;
  }

  Ticker ticker() {
    return ticker;
  }

  private static RuntimeException unwrapped(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException cause -> cause;
      case Error error -> throw error;
      case null, default -> new CompletionException(e.getCause());
    };
  }

  @Override
  public String toString() {
    return "Deadline[%d of %d ms left]".formatted(remaining().toMillis(), granted().toMillis());
  }
}
