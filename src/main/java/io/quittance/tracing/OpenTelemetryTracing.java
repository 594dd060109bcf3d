package io.quittance.tracing;

import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.quittance.concurrency.Deadline;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Spans by OpenTelemetry. A trace that is not recorded gets no spans; it costs one look at the
 * thread's context. Thread-safe.
 */
final class OpenTelemetryTracing implements Tracing {

  private static final String TRACEPARENT = "traceparent";

  /** Fields of the log line that help to find a trace. */
  private static final Map<String, AttributeKey<String>> SUBJECT =
      Map.of(
          "request_id", AttributeKey.stringKey("quittance.request_id"),
          "merchant_id", AttributeKey.stringKey("quittance.merchant_id"),
          "payment_id", AttributeKey.stringKey("quittance.payment_id"));

  private static final W3CTraceContextPropagator PROPAGATOR =
      W3CTraceContextPropagator.getInstance();

  private static final TextMapGetter<String> ALONE =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String traceparent) {
          return Set.of(TRACEPARENT);
        }

        @Override
        public @Nullable String get(@Nullable String traceparent, String key) {
          return key.equals(TRACEPARENT) ? traceparent : null;
        }
      };

  /** A span under which another thread's work is recorded. */
  private record Source(Span span) implements SpanOrigin {
    @Override
    public <T> T resume(Supplier<T> work) {
      try (var _ = span.makeCurrent()) {
        return work.get();
      }
    }
  }

  private final Tracer tracer;
  private final ObservationRegistry observations;

  OpenTelemetryTracing(OpenTelemetry openTelemetry, ObservationRegistry observations) {
    this.tracer = openTelemetry.getTracer("io.quittance");
    this.observations = observations;
  }

  /** The calling thread's context, with the span of its request if that is not recorded. */
  private Context here() {
    Context current = Context.current();
    if (Span.fromContextOrNull(current) != null) {
      return current;
    }
    Span unrecorded = RequestSpans.unrecorded(observations.getCurrentObservation());
    return unrecorded == null ? current : current.with(unrecorded);
  }

  @Override
  public Followed opened(String scope, Deadline deadline) {
    if (unrecorded(Span.fromContext(here()))) {
      return Followed.NONE;
    }
    Span span =
        tracer
            .spanBuilder("scope " + scope)
            .setAttribute("quittance.scope", scope)
            .setAttribute("quittance.deadline_ms", deadline.remaining().toMillis())
            .startSpan();
    if (span.isRecording()) {
      SUBJECT.forEach((field, key) -> describe(span, key, MDC.get(field)));
    }
    return FollowedSpan.begin(tracer, span);
  }

  private static void describe(Span span, AttributeKey<String> key, @Nullable String value) {
    if (value != null) {
      span.setAttribute(key, value);
    }
  }

  /** Whether the thread works for a trace that is known not to be recorded. */
  private static boolean unrecorded(Span current) {
    SpanContext context = current.getSpanContext();
    return context.isValid() && !context.isSampled();
  }

  @Override
  public @Nullable SpanOrigin origin() {
    Span current = Span.current();
    return current.getSpanContext().isSampled() ? new Source(current) : null;
  }

  @Override
  public @Nullable String traceparent() {
    Context current = Context.current();
    return Span.fromContext(current).getSpanContext().isSampled()
        ? headers(current).get(TRACEPARENT)
        : null;
  }

  private static Map<String, String> headers(Context context) {
    var headers = new HashMap<String, String>(2);
    PROPAGATOR.inject(
        context,
        headers,
        (carrier, name, value) -> {
          if (carrier != null) {
            carrier.put(name, value);
          }
        });
    return headers;
  }

  @Override
  public Call call(String name, @Nullable String traceparent) {
    Context around =
        traceparent == null ? here() : PROPAGATOR.extract(Context.root(), traceparent, ALONE);
    Span parent = Span.fromContext(around);
    if (unrecorded(parent)) {
      return new Call.WithoutSpan(headers(around));
    }
    SpanBuilder span = tracer.spanBuilder(name).setParent(around).setSpanKind(SpanKind.CLIENT);
    Span begun = span.startSpan();
    return new CallSpan(begun, headers(around.with(begun)));
  }

  @Override
  public void shared(String name, Instant startedAt, Collection<SpanOrigin> origins) {
    SpanBuilder builder = tracer.spanBuilder(name).setNoParent().setStartTimestamp(startedAt);
    for (SpanOrigin origin : origins) {
      builder.addLink(((Source) origin).span().getSpanContext());
    }
    Span span = builder.startSpan();
    origins.forEach(origin -> ((Source) origin).span().addLink(span.getSpanContext()));
    span.end();
  }
}
