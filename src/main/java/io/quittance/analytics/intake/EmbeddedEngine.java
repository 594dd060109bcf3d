package io.quittance.analytics.intake;

import io.quittance.analytics.pane.AnalyticsProperties;
import java.util.UUID;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/** The engine that answers bodies when their events are counted in the database. Thread-safe. */
@Component
@ConditionalOnProperty(
    name = AnalyticsProperties.ENGINE,
    havingValue = "embedded",
    matchIfMissing = true)
final class EmbeddedEngine implements BodyCounter.Source {

  private final DatabaseBodyCounter.Services services;
  private final AnalyticsProperties properties;

  EmbeddedEngine(DatabaseBodyCounter.Services services, AnalyticsProperties properties) {
    this.services = services;
    this.properties = properties;
  }

  @Override
  public BodyCounter open() {
    return new DatabaseBodyCounter(services, properties);
  }

  @Override
  public long uncounted(UUID merchantId) {
    return 0;
  }
}
