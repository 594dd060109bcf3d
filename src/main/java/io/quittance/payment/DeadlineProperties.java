package io.quittance.payment;

import io.quittance.concurrency.Deadline;
import io.quittance.identity.Caller;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.Problem;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which deadlines are granted.
 *
 * @param defaultMs the deadline of a request without the header
 * @param maxMs the longest deadline that is granted
 */
@ConfigurationProperties("quittance.deadline")
public record DeadlineProperties(
    @DefaultValue("2000") int defaultMs, @DefaultValue("30000") int maxMs) {

  private static final int MIN_MS = DeadlineHeader.MIN_MS;
  private static final int MAX_MS = 30_000;

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

  /**
   * The deadline that the header Payment-Deadline-Ms gets, counted from the request's arrival.
   *
   * @throws Problem 400 when it is not a number from 50 to 30000
   */
  public Deadline grant(DeadlineHeader header, Caller caller) {
    int asked = header.milliseconds(defaultMs, MAX_MS, "");
    int granted = Math.min(asked, Math.min(maxMs, caller.deadlineMaxMs()));
    return Deadline.startingAt(header.arrivedNanos(), Duration.ofMillis(granted));
  }
}
