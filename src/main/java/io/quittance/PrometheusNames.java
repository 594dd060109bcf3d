package io.quittance;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.autoconfigure.metrics.MeterRegistryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Lets the names of all our metrics begin with {@code quittance_} in Prometheus. The concurrency
 * library's meters have names without it, as it is a library of its own. Thread-safe.
 */
@Component
final class PrometheusNames
    implements MeterRegistryCustomizer<PrometheusMeterRegistry>, NamingConvention {

  private static final String PREFIX = "quittance.";

  private static final Pattern OF_THE_LIBRARY =
      Pattern.compile(
          "(scope|pool|jvm\\.virtual)\\..+|jvm\\.threads\\.deadlocked|process\\.context\\.switches");

  private final NamingConvention convention = new PrometheusNamingConvention();

  @Override
  public void customize(PrometheusMeterRegistry registry) {
    registry.config().namingConvention(this);
  }

  @Override
  public String name(String name, Meter.Type type, @Nullable String baseUnit) {
    String full = OF_THE_LIBRARY.matcher(name).matches() ? PREFIX + name : name;
    return convention.name(full, type, baseUnit);
  }

  @Override
  public String tagKey(String key) {
    return convention.tagKey(key);
  }
}
