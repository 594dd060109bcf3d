package io.quittance.concurrency;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A monotonic clock that a test moves. Thread-safe. */
final class SettableTicker implements LongSupplier {

  private final AtomicLong nanos;

  SettableTicker(long startNanos) {
    nanos = new AtomicLong(startNanos);
  }

  SettableTicker() {
    this(0);
  }

  void advance(Duration by) {
    nanos.addAndGet(by.toNanos());
  }

  @Override
  public long getAsLong() {
    return nanos.get();
  }
}
