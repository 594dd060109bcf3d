package io.quittance.payment.dependency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.quittance.concurrency.Deadline;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DependencyTest {

  private static final Deadline LATER = Deadline.after(Duration.ofMinutes(1));

  private final CircuitBreaker breaker =
      CircuitBreaker.of(
          "ledger", CircuitBreakerConfig.custom().permittedNumberOfCallsInHalfOpenState(1).build());
  private final Dependency dependency =
      new Dependency(breaker, Duration.ofMillis(100), e -> false, null);

  /** The one call that may try whether the dependency is back. */
  @Test
  void letsTheNextCallTryWhenAnErrorEndedTheOneBefore() throws Exception {
    breaker.transitionToOpenState();
    breaker.transitionToHalfOpenState();

    assertThatThrownBy(
            () ->
                dependency
                    .guard(
                        _ -> {
                          throw new StackOverflowError();
                        })
                    .call(LATER))
        .isInstanceOf(StackOverflowError.class);

    assertThat(dependency.<String>guard(_ -> "back").call(LATER)).isEqualTo("back");
    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
  }
}
