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
      new Dependency(
          breaker, Duration.ofMillis(100), e -> false, null, nanos::get, Duration.ofSeconds(1));

  /** The one call that may try whether the dependency is back. */
  @Test
  void letsTheNextCallTryWhenAnErrorEndedTheOneBefore() throws Exception {
    halfOpen();

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
    halfOpen();

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

  /** After an outage, a merchant with short deadlines must not keep the breaker open for all. */
  @Test
  void isNotToBlameForShortDeadlinesAfterASilenceEither() throws Exception {
    succeedAfter(Duration.ofMillis(250));
    pass(Duration.ofSeconds(10));
    halfOpen();

    for (int i = 0; i < 5; i++) {
      runOutOfTime(Duration.ofMillis(170));
    }

    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
    succeedAfter(Duration.ofMillis(250));
    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  @Test
  void opensAgainWhenACallHadMoreTimeThanTheLastSuccess() throws Exception {
    succeedAfter(Duration.ofMillis(250));
    pass(Duration.ofSeconds(10));
    halfOpen();

    runOutOfTime(Duration.ofMillis(300));

    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
  }

  /** One slow success before it hangs must not excuse all calls that follow. */
  @Test
  void isToBlameForASecondInVainWhenNothingHasSucceededLately() throws Exception {
    succeedAfter(NEEDED);
    pass(Duration.ofSeconds(4));

    runOutOfTime(Duration.ofMillis(900));
    assertThat(failures()).isZero();

    runOutOfTime(Duration.ofSeconds(2));
    assertThat(failures()).isOne();
  }

  @Test
  void forgetsAnOldSuccessWhenThereIsANewerOne() throws Exception {
    succeedAfter(Duration.ofMillis(500));
    pass(Duration.ofSeconds(10));
    succeedAfter(Duration.ofMillis(200));

    runOutOfTime(Duration.ofMillis(300));

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

  private void halfOpen() {
    breaker.transitionToOpenState();
    breaker.transitionToHalfOpenState();
  }

  private void runOutOfTime() {
    runOutOfTime(LATER);
  }

  private void runOutOfTime(Duration budget) {
    runOutOfTime(Deadline.after(budget));
  }

  private void runOutOfTime(Deadline deadline) {
    assertThatThrownBy(
            () ->
                dependency
                    .behindBreaker(
                        _ -> {
                          throw new DeadlineExceededException("too late");
                        })
                    .call(deadline))
        .isInstanceOf(DeadlineExceededException.class);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private int failures() {
    return breaker.getMetrics().getNumberOfFailedCalls();
  }
}
