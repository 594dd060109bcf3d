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
  private final Counter disabled;

  DeliveryCounts(MeterRegistry registry) {
    this.delivered = counter("delivered", registry);
    this.failed = counter("failed", registry);
    this.dead = counter("dead", registry);
    this.discarded = counter("discarded", registry);
    this.disabled = counter("disabled", registry);
  }

  private static Counter counter(String result, MeterRegistry registry) {
    return Counter.builder("quittance.webhook.deliveries")
        .description(
            "Attempts by their result: delivered, failed (tried again later), dead (given up); and"
                + " deliveries that end unsent: discarded (nobody wants them any more), disabled"
                + " (their endpoint has failed for too long)")
        .tag("result", result)
        .register(registry);
  }

  void attempted(Attempt attempt) {
    switch (attempt.state()) {
      case "delivered" -> delivered.increment();
      case "dead" -> (attempt.endpointDeleted() ? discarded : dead).increment();
      default -> failed.increment();
    }
  }

  /**
   * Counts deliveries that ended with their endpoint.
   *
   * @param unwanted whether the merchant has disabled or deleted it, or it answered 410 Gone
   */
  void ended(int deliveries, boolean unwanted) {
    (unwanted ? discarded : disabled).increment(deliveries);
  }
}
