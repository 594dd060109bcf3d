package io.quittance.analytics.live;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The live stream.
 *
 * @param maxWatchers streams at a time, on each replica
 * @param frameInterval how often a frame is made; 250 ms or more
 */
@ConfigurationProperties("quittance.analytics")
record LiveProperties(
    @DefaultValue("1000") int maxWatchers, @DefaultValue("500ms") Duration frameInterval) {

  private static final Duration INTERVAL_MIN = Duration.ofMillis(250);

  LiveProperties {
    if (maxWatchers < 0) {
      throw new IllegalArgumentException("quittance.analytics.max-watchers must be 0 or more");
    }
    if (frameInterval.compareTo(INTERVAL_MIN) < 0) {
      throw new IllegalArgumentException(
          "quittance.analytics.frame-interval must be 250ms or more: four frames a second are shown");
    }
  }
}
