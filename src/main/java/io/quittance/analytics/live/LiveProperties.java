package io.quittance.analytics.live;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The live stream.
 *
 * @param maxWatchers streams at a time, on each replica
 * @param frameInterval how often a frame is made; 250 ms or more: four frames a second are shown
 */
@ConfigurationProperties("quittance.analytics")
record LiveProperties(
    @DefaultValue("1000") @Min(0) int maxWatchers,
    @DefaultValue("500ms") @DurationMin(millis = 250) Duration frameInterval) {}
