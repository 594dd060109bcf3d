package io.quittance.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.quittance.concurrency.DeadlineScope.Work;
import io.quittance.concurrency.ScopeReport.SubtaskState;
import io.quittance.concurrency.ScopeTracer.Followed;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A scope or a subtask with a span, which is the current one of its thread until it ends. A trace
 * that is not recorded is propagated, but gets no further spans.
 */
final class FollowedSpan implements Followed {

  private final Tracer tracer;
  private final Span span;
  private final Scope current;
  private final boolean own;

  @SuppressWarnings("MustBeClosedChecker") // end() closes it.
  private FollowedSpan(Tracer tracer, Span span, boolean own) {
    this.tracer = tracer;
    this.span = span;
    this.own = own;
    this.current = span.makeCurrent();
  }

  static FollowedSpan begin(Tracer tracer, Span span) {
    return new FollowedSpan(tracer, span, true);
  }

  @Override
  public Followed begin(String subtask) {
    if (!span.isRecording()) {
      return new FollowedSpan(tracer, span, false);
    }
    Span child =
        tracer
            .spanBuilder("subtask " + subtask)
            .setParent(Context.root().with(span))
            .setAttribute("quittance.subtask", subtask)
            .startSpan();
    return begin(tracer, child);
  }

  @Override
  public <T> Work<T> carry(Work<T> work) {
    Context here = Context.current();
    return deadline -> {
      try (var _ = here.makeCurrent()) {
        return work.call(deadline);
      }
    };
  }

  @Override
  public void end(SubtaskState state, @Nullable Throwable error) {
    current.close();
    if (own) {
      String how = state.name().toLowerCase(Locale.ROOT);
      span.setAttribute("quittance.outcome", how);
      if (state != SubtaskState.OK) {
        span.setStatus(StatusCode.ERROR, how);
      }
      if (error != null) {
        span.setAttribute("error.type", error.getClass().getName());
      }
      span.end();
    }
  }
}
