package io.quittance.web;

import io.quittance.database.Clocks;
import java.time.Duration;
import java.time.Instant;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Computes {@code resolves_by} of a response with an unknown outcome: by this instant the request
 * is applied, or never will be. Rows use the database's clock. The database may not answer now, so
 * this uses the later of this replica's clock and the database's as last measured. Thread-safe.
 */
@Component
public final class ResolvesBy {

  private final Clocks clocks;
  private final Duration longestDeadline;
  private final Duration grace;

  /**
   * @param deadlines the longest that a request is granted, unless it is of a batch
   * @param grace how long after its deadline a request may still be applied
   */
  public ResolvesBy(
      Clocks clocks,
      DeadlineProperties deadlines,
      @Value("${quittance.payment.resolve-grace:5s}") Duration grace) {
    this.clocks = clocks;
    this.longestDeadline = Duration.ofMillis(deadlines.maxMs());
    this.grace = grace;
  }

  /** For a request that has this much left of its deadline. */
  public Instant after(Duration left) {
    return clocks.later().plus(left).plus(grace);
  }

  /**
   * For a request that still runs.
   *
   * @param path from {@code /v1} on
   * @param left how long until its answer, after which only batches go on
   */
  public Instant ofRunning(String path, Duration left) {
    return PaymentBatchRoutes.include(path) ? ofAnyRequest(path) : after(left);
  }

  /** For any request that is not of a batch, also one that another replica has begun just now. */
  public Instant ofAnyRequest() {
    return after(longestDeadline);
  }

  /**
   * For any request of this path, also one of the same key that another replica has begun just now,
   * under a longer deadline: batches are granted up to 10 minutes.
   *
   * @param path from {@code /v1} on
   */
  public Instant ofAnyRequest(String path) {
    return PaymentBatchRoutes.include(path)
        ? after(PaymentBatchRoutes.DEADLINE_MAX)
        : ofAnyRequest();
  }
}
