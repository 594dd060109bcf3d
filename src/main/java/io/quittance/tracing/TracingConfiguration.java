package io.quittance.tracing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.micrometer.tracing.otel.bridge.Slf4JEventListener;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.tracing.MicrometerTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.support.ScheduledTaskObservationContext;

/** Tracing as this service uses it, on top of what Spring Boot sets up. */
@Configuration(proxyBeanMethods = false)
class TracingConfiguration {

  @Bean
  Tracing tracing(ObjectProvider<OpenTelemetry> exporting, ObservationRegistry observations) {
    OpenTelemetry openTelemetry = exporting.getIfAvailable();
    return openTelemetry == null
        ? Tracing.OFF
        : new OpenTelemetryTracing(openTelemetry, observations);
  }

  /** Beans that exist only if traces are collected. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnTracing
  static class Exporting {

    /** Log lines carry the ids under the names that the Elastic Common Schema has for them. */
    @Bean
    Slf4JEventListener traceIdsInLogLines() {
      return new Slf4JEventListener("trace.id", "span.id");
    }

    /** The first matching handler is used, so it has the order of Spring Boot's. */
    @Bean
    @Order(MicrometerTracingAutoConfiguration.RECEIVER_TRACING_OBSERVATION_HANDLER_ORDER)
    RequestSpans<?> requestSpans(Tracer tracer, Propagator propagator) {
      return new RequestSpans<>(tracer, propagator);
    }

    /**
     * Scheduled jobs run several times a second, and mostly find nothing to do: they get no span,
     * but what they start may have one.
     */
    @Bean
    DefaultTracingObservationHandler noSpansOfScheduledJobs(Tracer tracer) {
      return new DefaultTracingObservationHandler(tracer) {
        @Override
        public void onStart(Observation.Context context) {
          if (context instanceof ScheduledTaskObservationContext) {
            getTracingContext(context).setSpan(OtelSpan.fromOtel(Span.getInvalid()));
          } else {
            super.onStart(context);
          }
        }
      };
    }
  }
}
