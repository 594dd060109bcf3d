package io.quittance.tracing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;

/**
 * The spans of requests. A span that is not recorded is kept for propagation to other services
 * ({@link #unrecorded}), but never becomes the current span: setting it in each thread of a request
 * and in its log lines would cost more than anything else about an unrecorded request. Thread-safe.
 */
final class RequestSpans<C extends ReceiverContext<?>>
    extends PropagatingReceiverTracingObservationHandler<C> {

  /** In the context of a request's observation: the span that is not recorded. */
  private static final Object UNRECORDED = new Object();

  RequestSpans(Tracer tracer, Propagator propagator) {
    super(tracer, propagator);
  }

  /** The span of the request that is observed, if that is not recorded. */
  static @Nullable Span unrecorded(@Nullable Observation current) {
    return current == null ? null : current.getContextView().get(UNRECORDED);
  }

  @Override
  public void onStart(C context) {
    super.onStart(context);
    Span span = OtelSpan.toOtel(getRequiredSpan(context));
    if (!span.isRecording()) {
      context.put(UNRECORDED, span);
      getTracingContext(context).setSpan(null);
    }
  }

  private boolean recorded(C context) {
    return !context.containsKey(UNRECORDED);
  }

  @Override
  public void onScopeOpened(C context) {
    if (recorded(context)) {
      super.onScopeOpened(context);
    }
  }

  @Override
  public void onScopeClosed(C context) {
    if (recorded(context)) {
      super.onScopeClosed(context);
    }
  }

  @Override
  public void onScopeReset(C context) {
    if (recorded(context)) {
      super.onScopeReset(context);
    }
  }

  @Override
  public void onEvent(Observation.Event event, C context) {
    if (recorded(context)) {
      super.onEvent(event, context);
    }
  }

  @Override
  public void onError(C context) {
    if (recorded(context)) {
      super.onError(context);
    }
  }

  @Override
  public void onStop(C context) {
    if (recorded(context)) {
      super.onStop(context);
    }
  }
}
