package io.quittance.concurrency;

/**
 * A monotonic clock. Everything here that measures or waits does so on the ticker of its deadline
 * or its settings, so that tests can put a clock of their own in. Implementations are thread-safe.
 */
@FunctionalInterface
public interface Ticker {

  /** The machine's clock. */
  Ticker SYSTEM = System::nanoTime;

  /** Nanoseconds since some instant. Never goes back. */
  long nanoTime();

  /**
   * How long a thread that waits for this clock may sleep before it reads it again. A clock with
   * its own pace, such as in tests, returns little.
   *
   * @param nanos the time to wait, by this clock; positive
   * @return nanoseconds of the machine's clock; positive
   */
  default long sleepNanos(long nanos) {
    return nanos;
  }
}
