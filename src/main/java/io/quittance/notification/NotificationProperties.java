package io.quittance.notification;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Delivery of events.
 *
 * @param url one receiver for all events; none: nothing is delivered
 * @param workers deliveries under way at once on this replica
 * @param timeout of one attempt
 * @param lease how long a claimed delivery is left alone; longer than any attempt
 * @param retryMax the longest pause between two attempts
 */
@ConfigurationProperties("quittance.notification")
record NotificationProperties(
    @Nullable URI url,
    @DefaultValue("16") int workers,
    @DefaultValue("5s") Duration timeout,
    @DefaultValue("15s") Duration lease,
    @DefaultValue("5m") Duration retryMax) {

  boolean delivers() {
    return url != null && !url.toString().isBlank();
  }
}
