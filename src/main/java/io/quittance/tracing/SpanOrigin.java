package io.quittance.tracing;

import java.util.function.Supplier;

/** A span whose work goes on elsewhere. Thread-safe. */
public interface SpanOrigin {

  /** Does work on the calling thread as a part of the span. */
  <T> T resume(Supplier<T> work);
}
