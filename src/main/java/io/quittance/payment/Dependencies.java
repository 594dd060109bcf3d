package io.quittance.payment;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** What a payment depends on, each behind its breaker; their settings are Resilience4j's own. */
@Component
final class Dependencies {

  private final Dependency fraud;
  private final Dependency ledger;
  private final Dependency notification;

  Dependencies(
      CircuitBreakerRegistry breakers,
      PaymentProperties properties,
      ObjectProvider<FaultPoint> faultPoint) {
    FaultPoint faults = faultPoint.getIfAvailable();
    fraud = new Dependency(breakers.circuitBreaker("fraud"), properties.fairBudget(), faults);
    ledger = new Dependency(breakers.circuitBreaker("ledger"), properties.fairBudget(), faults);
    notification =
        new Dependency(breakers.circuitBreaker("notification"), properties.fairBudget(), faults);
  }

  Dependency fraud() {
    return fraud;
  }

  Dependency ledger() {
    return ledger;
  }

  Dependency notification() {
    return notification;
  }

  /** The state of the breaker that a subtask stands behind; settling is the ledger's business. */
  String breakerOf(String subtask) {
    return switch (subtask) {
      case "fraud" -> fraud.breakerState();
      case "notification" -> notification.breakerState();
      default -> ledger.breakerState();
    };
  }
}
