package io.quittance.payment.dependency;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.quittance.web.DependencyNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Logs each change of a dependency's circuit breaker. */
@Component
final class BreakerLog {

  private static final Logger log = LoggerFactory.getLogger(BreakerLog.class);

  BreakerLog(CircuitBreakerRegistry breakers) {
    for (String name : DependencyNames.ALL) {
      CircuitBreaker breaker = breakers.circuitBreaker(name);
      breaker
          .getEventPublisher()
          .onStateTransition(event -> tell(breaker, event.getStateTransition()));
    }
  }

  private static void tell(CircuitBreaker breaker, StateTransition change) {
    switch (change.getToState()) {
      case OPEN ->
          log.warn(
              "The circuit breaker of {} has opened: {} of the latest {} calls failed; calls are"
                  + " refused",
              breaker.getName(),
              breaker.getMetrics().getNumberOfFailedCalls(),
              breaker.getMetrics().getNumberOfBufferedCalls());
      case HALF_OPEN ->
          log.info(
              "The circuit breaker of {} is half open: test calls are permitted",
              breaker.getName());
      case CLOSED ->
          log.info("The circuit breaker of {} has closed: calls go through", breaker.getName());
      default -> log.info("The circuit breaker of {}: {}", breaker.getName(), change);
    }
  }
}
