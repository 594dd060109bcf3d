package io.quittance.journal;

/**
 * How long one worker's transactions have waited for the database, up to now. Not counted are the
 * time in which commands decide, long reads about single accounts, the lock of an awaited account,
 * and rollbacks. Written by the worker's thread only, read by any.
 */
final class DatabaseTime {

  /** Ends one wait. */
  interface Wait extends AutoCloseable {

    @Override
    void close();
  }

  private final Wait end = this::end;
  private volatile boolean waiting;
  private volatile long sinceNanos;
  private volatile long spentNanos;

  /** Begins a wait; waits are not nested. */
  Wait begin() {
    sinceNanos = System.nanoTime();
    waiting = true;
    return end;
  }

  private void end() {
    long spent = spentNanos + System.nanoTime() - sinceNanos;
    waiting = false;
    spentNanos = spent;
  }

  /** All waits in nanoseconds, the present one included. */
  long nanos() {
    long spent = spentNanos;
    return waiting ? spent + System.nanoTime() - sinceNanos : spent;
  }
}
