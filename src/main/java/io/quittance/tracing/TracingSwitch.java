package io.quittance.tracing;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Tracing is on where {@value #ENDPOINT} is set. Spring Boot would set up tracers, handlers and an
 * export thread whenever their classes are present; without an endpoint this excludes its
 * configuration. Only traces are exported, never log lines.
 */
final class TracingSwitch implements AutoConfigurationImportFilter, EnvironmentAware, Condition {

  private static final String ENDPOINT = "management.otlp.tracing.endpoint";

  private static final String ACTUATOR = "org.springframework.boot.actuate.autoconfigure.";

  private static final Set<String> LOG_EXPORT =
      Set.of(
          ACTUATOR + "logging.OpenTelemetryLoggingAutoConfiguration",
          ACTUATOR + "logging.otlp.OtlpLoggingAutoConfiguration");

  private @Nullable Environment environment;

  @Override
  public void setEnvironment(Environment environment) {
    this.environment = environment;
  }

  @Override
  public boolean[] match(
      @Nullable String[] configurations, AutoConfigurationMetadata autoConfigurationMetadata) {
    boolean on = environment != null && on(environment);
    boolean[] wanted = new boolean[configurations.length];
    for (int i = 0; i < wanted.length; i++) {
      String name = configurations[i];
      wanted[i] = name == null || !(LOG_EXPORT.contains(name) || (!on && ofTracing(name)));
    }
    return wanted;
  }

  private static boolean ofTracing(String configuration) {
    return configuration.startsWith(ACTUATOR + "tracing.")
        || configuration.startsWith(ACTUATOR + "opentelemetry.");
  }

  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    return on(context.getEnvironment());
  }

  private static boolean on(Environment environment) {
    return StringUtils.hasText(environment.getProperty(ENDPOINT));
  }
}
