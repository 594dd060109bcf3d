package io.quittance.concurrency;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A monotonic clock that a test moves, and that nobody who sleeps looks at. Thread-safe. */
public class SettableTicker implements Ticker {

  private final AtomicLong nanos;

  public SettableTicker(long startNanos) {
    nanos = new AtomicLong(startNanos);
  }

  public SettableTicker() {
    this(0);
  }

  public void advance(Duration by) {
    nanos.addAndGet(by.toNanos());
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }

  /** As this one, but whoever waits for it sees soon that it was moved: virtual time. */
  public static final class Watched extends SettableTicker {

    @Override
    public long sleepNanos(long nanos) {
      return Math.min(nanos, 200_000);
    }
  }

  /** The machine's clock, which a test puts forward, seen by those who wait or not. */
  public static final class Shifted extends SettableTicker {

    private final boolean watched;

    public Shifted(boolean watched) {
      this.watched = watched;
    }

    @Override
    public long nanoTime() {
      return super.nanoTime() + System.nanoTime();
    }

    @Override
    public long sleepNanos(long nanos) {
      return watched ? Math.min(nanos, 200_000) : nanos;
    }
  }
}
