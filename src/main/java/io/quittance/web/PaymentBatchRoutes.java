package io.quittance.web;

import java.time.Duration;

/** What must be known of the routes of payment batches before their controller is reached. */
public final class PaymentBatchRoutes {

  private static final String PATH = "/v1/payment-batches";

  /**
   * How long the journal may take to claim a batch's key. If it takes longer, the batch is refused,
   * unless it is atomic.
   */
  public static final Duration CLAIM_LIMIT = Duration.ofSeconds(2);

  /** How long a request may take to claim its key even if its deadline has passed. */
  public static final Duration LATE_CLAIM_LIMIT = Duration.ofMillis(500);

  /** The longest deadline of a batch, which only one in the background is granted. */
  public static final Duration DEADLINE_MAX = Duration.ofMinutes(10);

  private PaymentBatchRoutes() {}

  /**
   * Whether a path belongs to them.
   *
   * @param path from {@code /v1} on
   */
  public static boolean include(String path) {
    return path.equals(PATH) || path.startsWith(PATH + "/");
  }
}
