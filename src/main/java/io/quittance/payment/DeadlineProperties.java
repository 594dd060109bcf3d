package io.quittance.payment;

import io.quittance.concurrency.Deadline;
import io.quittance.identity.Caller;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.RequestContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The deadlines that are granted.
 *
 * @param defaultMs to a caller that names none
 * @param maxMs the most that is granted to anybody
 */
@ConfigurationProperties("quittance.deadline")
public record DeadlineProperties(
    @DefaultValue("2000") int defaultMs, @DefaultValue("30000") int maxMs) {

  private static final int MIN_MS = 50;
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
  public Deadline grant(@Nullable String header, Caller caller, RequestContext request) {
    int asked = header == null ? defaultMs : parse(header.strip());
    int granted = Math.min(asked, Math.min(maxMs, caller.deadlineMaxMs()));
    return Deadline.startingAt(request.arrivedNanos(), Duration.ofMillis(granted));
  }

  private static int parse(String text) {
    if (text.matches("\\d{1,9}")) {
      int asked = Integer.parseInt(text);
      if (asked >= MIN_MS && asked <= MAX_MS) {
        return asked;
      }
    }
    throw Problem.of(
        ProblemCode.INVALID_DEADLINE,
        "Payment-Deadline-Ms is a number of milliseconds from %d to %d.".formatted(MIN_MS, MAX_MS));
  }
}
