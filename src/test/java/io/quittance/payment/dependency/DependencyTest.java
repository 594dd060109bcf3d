package io.quittance.payment.dependency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.DeadlineScope.Work;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DependencyTest {

  private static final Deadline LATER = Deadline.after(Duration.ofMinutes(1));
  private static final Duration NEEDED = Duration.ofMinutes(2);

  private final CircuitBreaker breaker =
      CircuitBreaker.of(
          "ledger", CircuitBreakerConfig.custom().permittedNumberOfCallsInHalfOpenState(1).build());
  private final AtomicLong nanos = new AtomicLong();
  private final Dependency dependency =
      new Dependency(breaker, Duration.ofMillis(100), e -> false, null, nanos::get);

  /** The one call that may try whether the dependency is back. */
  @Test
  void letsTheNextCallTryWhenAnErrorEndedTheOneBefore() throws Exception {
    breaker.transitionToOpenState();
    breaker.transitionToHalfOpenState();

    assertThatThrownBy(
            () ->
                dependency
                    .behindBreaker(
                        _ -> {
                          throw new StackOverflowError();
                        })
                    .call(LATER))
        .isInstanceOf(StackOverflowError.class);

    assertThat(dependency.<String>behindBreaker(_ -> "back").call(LATER)).isEqualTo("back");
    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  /** One that waits for something else, for as long as its caller allows, keeps nobody out. */
  @Test
  void letsTheNextCallTryWhileAnExcusedOneWaits() throws Exception {
    breaker.transitionToOpenState();
    breaker.transitionToHalfOpenState();

    Work<String> excused =
        dependency.behindBreaker(
            (limit, excuse) -> {
              excuse.run();
              excuse.run();
              return dependency.<String>behindBreaker(_ -> "back").call(limit);
            });

    assertThat(excused.call(LATER)).isEqualTo("back");
    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    assertThat(breaker.getMetrics().getNumberOfBufferedCalls()).isZero();
  }

  /** Others, who allow it more time, still get their answers. */
  @Test
  void isNotToBlameForACallerWithLessTimeThanItNeeds() throws Exception {
    succeedAfter(NEEDED);

    runOutOfTime();

    assertThat(failures()).isZero();
  }

  @Test
  void isToBlameWhenCallsLatelyNeededLessTime() throws Exception {
    succeedAfter(Duration.ofMillis(1));

    runOutOfTime();

    assertThat(failures()).isOne();
  }

  @Test
  void isToBlameWhenNothingHasSucceededLately() throws Exception {
    succeedAfter(NEEDED);
    pass(Duration.ofSeconds(4));

    runOutOfTime();

    assertThat(failures()).isOne();
  }

  @Test
  void remembersTheLongestOfTheLastSeconds() throws Exception {
    succeedAfter(NEEDED);
    pass(Duration.ofSeconds(1));
    succeedAfter(Duration.ofMillis(1));

    runOutOfTime();

    assertThat(failures()).isZero();
  }

  private void succeedAfter(Duration time) throws Exception {
    dependency
        .behindBreaker(
            _ -> {
              pass(time);
              return "done";
            })
        .call(LATER);
  }

  private void runOutOfTime() {
    assertThatThrownBy(
            () ->
                dependency
                    .behindBreaker(
                        _ -> {
                          throw new DeadlineExceededException("too late");
                        })
                    .call(LATER))
        .isInstanceOf(DeadlineExceededException.class);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private int failures() {
    return breaker.getMetrics().getNumberOfFailedCalls();
  }
}
