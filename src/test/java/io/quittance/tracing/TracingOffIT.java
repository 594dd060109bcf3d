package io.quittance.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.QuittanceApplication;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Without an endpoint there is nothing of tracing in the service. */
@Tag("side-by-side")
class TracingOffIT {

  @Test
  void nothingOfItIsThere() {
    try (var context =
        new SpringApplicationBuilder(QuittanceApplication.class)
            .profiles("sandbox")
            .run(
                "--server.port=0",
                "--spring.jmx.enabled=false",
                "--management.otlp.tracing.endpoint=",
                "--spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID())) {
      assertThat(context.getBean(Tracing.class)).isSameAs(Tracing.OFF);
      assertThat(context.getBeanDefinitionNames())
          .extracting(context::getType)
          .filteredOn(type -> type != null)
          .extracting(Class::getName)
          .noneMatch(name -> name.startsWith("io.micrometer.tracing."))
          .noneMatch(name -> name.startsWith("io.opentelemetry."));
      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .noneMatch(name -> name.startsWith("BatchSpanProcessor"));
    }
  }
}
