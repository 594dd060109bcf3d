package io.quittance.web;

import java.time.Duration;

/** What must be known of the routes of payment batches before their controller is reached. */
public final class PaymentBatchRoutes {

  private static final String PATH = "/v1/payment-batches";

  /** The deadline of a batch that its caller waits for, if the request has no deadline. */
  public static final Duration DEADLINE_DEFAULT = Duration.ofSeconds(10);

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
