package io.quittance.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which deadlines requests are granted, but those of batches.
 *
 * @param defaultMs the deadline of a request without the header
 * @param maxMs the longest deadline that is granted
 */
@ConfigurationProperties("quittance.deadline")
public record DeadlineProperties(
    @DefaultValue("2000") int defaultMs, @DefaultValue("30000") int maxMs) {

  /** What {@code maxMs} may be at most, and a request may ask for. */
  public static final int MAX_MS = 30_000;

  private static final int MIN_MS = DeadlineHeader.MIN_MS;

  public DeadlineProperties {
    if (maxMs < MIN_MS || maxMs > MAX_MS) {
      throw new IllegalArgumentException(
          "quittance.deadline.max-ms: a number of milliseconds from %d to %d, not %d"
              .formatted(MIN_MS, MAX_MS, maxMs));
    }
    if (defaultMs < MIN_MS || defaultMs > maxMs) {
      throw new IllegalArgumentException(
          "quittance.deadline.default-ms: from %d to quittance.deadline.max-ms, which is %d, not %d"
              .formatted(MIN_MS, maxMs, defaultMs));
    }
  }
}
