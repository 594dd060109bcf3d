package io.quittance.tracing;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.ScopeTracer;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The spans of the service's work, for a collector of traces. Thread-safe. */
public interface Tracing extends ScopeTracer {

  /** Collects no traces. */
  Tracing OFF =
      new Tracing() {
        @Override
        public Followed opened(String scope, Deadline deadline) {
          return Followed.NONE;
        }

        @Override
        public @Nullable SpanOrigin origin() {
          return null;
        }

        @Override
        public @Nullable String traceparent() {
          return null;
        }

        @Override
        public Call call(String name, @Nullable String traceparent) {
          return Call.UNTRACED;
        }

        @Override
        public void shared(String name, Instant startedAt, Collection<SpanOrigin> origins) {
          // There are no origins.
        }
      };

  /** The calling thread's span; null: it is not recorded. */
  @Nullable SpanOrigin origin();

  /** The calling thread's span as a W3C traceparent; null: it is not recorded. */
  @Nullable String traceparent();

  /**
   * Begins a call to another service, on the calling thread until it is closed.
   *
   * @param traceparent the parent span; null: the calling thread's
   */
  Call call(String name, @Nullable String traceparent);

  /**
   * Records work that was done for several traces at once and has ended: a trace of its own, with
   * links to them, and links from them to it.
   */
  void shared(String name, Instant startedAt, Collection<SpanOrigin> origins);
}
