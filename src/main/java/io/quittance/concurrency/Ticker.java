package io.quittance.concurrency;

/**
 * A monotonic clock. Everything here that measures or waits does so on the ticker of its deadline
 * or its settings, so that tests can put a clock of their own in. Implementations are thread-safe.
 */
@FunctionalInterface
public interface Ticker {

  /** The machine's. */
  Ticker SYSTEM = System::nanoTime;

  /** Nanoseconds since some instant. Never goes back. */
  long nanoTime();

  /**
   * How long a thread may sleep that waits for this clock to go on, before it looks at it again. A
   * clock that goes at a pace of its own, such as a test's, answers with little.
   *
   * @param nanos what it waits for, by this clock; positive
   * @return nanoseconds of the machine's clock; positive
   */
  default long sleepNanos(long nanos) {
    return nanos;
  }
}
