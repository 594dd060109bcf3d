package io.quittance.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestSpansTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

  private final ObservationRegistry observations = ObservationRegistry.create();

  /** Of a request with this traceparent, by a service that records none of its own accord. */
  private Observation observation(String traceparent) {
    Tracer tracer =
        SdkTracerProvider.builder()
            .setSampler(Sampler.parentBased(Sampler.alwaysOff()))
            .build()
            .get("test");
    var propagators = ContextPropagators.create(W3CTraceContextPropagator.getInstance());
    observations
        .observationConfig()
        .observationHandler(
            new RequestSpans<>(
                new OtelTracer(tracer, new OtelCurrentTraceContext(), _ -> {}),
                new OtelPropagator(propagators, tracer)));
    var context = new ReceiverContext<Map<String, String>>(Map::get);
    context.setCarrier(traceparent.isEmpty() ? Map.of() : Map.of("traceparent", traceparent));
    return Observation.start("request", () -> context, observations);
  }

  @Test
  void makesARecordedSpanTheCurrentOne() {
    Observation request = observation("00-%s-b7ad6b7169203331-01".formatted(TRACE));
    try (var _ = request.openScope()) {
      assertThat(Span.current().getSpanContext().getTraceId()).isEqualTo(TRACE);
      assertThat(Span.current().isRecording()).isTrue();
      assertThat(RequestSpans.unrecorded(request)).isNull();
    }
    assertThat(Span.current()).isSameAs(Span.getInvalid());
    request.stop();
  }

  @Test
  void keepsTheTraceOfASpanThatIsNotRecordedAndMakesItNobodysCurrentOne() {
    Observation request = observation("00-%s-b7ad6b7169203331-00".formatted(TRACE));
    try (var _ = request.openScope()) {
      assertThat(Span.current()).isSameAs(Span.getInvalid());
      Span unrecorded = RequestSpans.unrecorded(observations.getCurrentObservation());
      assertThat(unrecorded).isNotNull();
      assertThat(unrecorded.getSpanContext().getTraceId()).isEqualTo(TRACE);
      assertThat(unrecorded.getSpanContext().getSpanId()).isNotEqualTo("b7ad6b7169203331");
      assertThat(unrecorded.getSpanContext().isSampled()).isFalse();
    }
    request.error(new IllegalStateException()).event(Observation.Event.of("event")).stop();
  }

  @Test
  void givesARequestWithoutATraceAnIdToo() {
    Observation request = observation("");
    assertThat(RequestSpans.unrecorded(request))
        .isNotNull()
        .satisfies(span -> assertThat(span.getSpanContext().isValid()).isTrue());
    request.stop();
  }
}
