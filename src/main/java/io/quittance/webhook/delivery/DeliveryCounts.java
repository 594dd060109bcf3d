package io.quittance.webhook.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Counts how attempts and deliveries ended, after the commit that says so. Thread-safe. */
@Component
final class DeliveryCounts {

  private final Counter delivered;
  private final Counter failed;
  private final Counter dead;
  private final Counter discarded;

  DeliveryCounts(MeterRegistry registry) {
    this.delivered = counter("delivered", registry);
    this.failed = counter("failed", registry);
    this.dead = counter("dead", registry);
    this.discarded = counter("discarded", registry);
  }

  private static Counter counter(String result, MeterRegistry registry) {
    return Counter.builder("quittance.webhook.deliveries")
        .description(
            "Attempts by their result: delivered, failed (tried again later), dead (given up),"
                + " discarded (its endpoint was disabled or deleted by the merchant)")
        .tag("result", result)
        .register(registry);
  }

  void attempted(Attempt attempt) {
    switch (attempt.state()) {
      case "delivered" -> delivered.increment();
      case "dead" -> ended(1, attempt.endpointDeleted());
      default -> failed.increment();
    }
  }

  /**
   * Counts deliveries that ended without a success.
   *
   * @param asked whether the merchant asked for it, by disabling or deleting the endpoint
   */
  void ended(int deliveries, boolean asked) {
    (asked ? discarded : dead).increment(deliveries);
  }
}
