package io.quittance.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

@Timeout(60)
class ShieldTest {

  private static final Duration LONG = Duration.ofHours(1);

  private final DeadlineScopes scopes =
      new DeadlineScopes(new SimpleMeterRegistry(), Clock.systemUTC());
  private final CountDownLatch begun = new CountDownLatch(1);

  @Test
  void runsACleanUpToItsEndAfterTheCancellation() throws Exception {
    var cleanedUp = new AtomicReference<Optional<Cancellation>>();
    try (var scope = scopes.open("test", Deadline.after(LONG))) {
      scope.fork(
          "booking",
          _ -> {
            begun.countDown();
            try {
              return Waiting.forInterrupt();
            } finally {
              Shield.call(
                  "release",
                  LONG,
                  _ -> {
                    assertThat(Thread.currentThread().isInterrupted()).isFalse();
                    cleanedUp.set(Subtask.cancellation());
                    return true;
                  });
            }
          });
      Waiting.forLatch(begun);
    }

    assertThat(cleanedUp.get()).contains(new Cancellation.OwnerClosed());
  }

  @Test
  void letsNoCancellationReachACleanUpThatHasBegun() throws Exception {
    Thread owner = Thread.currentThread();
    var cleanedUp = new AtomicReference<String>();
    var stillInterrupted = new AtomicReference<Boolean>();
    try (var scope = scopes.open("test", Deadline.after(LONG))) {
      scope.fork(
          "booking",
          _ -> {
            cleanedUp.set(
                Shield.call(
                    "release",
                    LONG,
                    _ -> {
                      begun.countDown();
                      // The owner has interrupted all and waits until they have ended.
                      Waiting.until(
                          () ->
                              Subtask.cancellation().isPresent()
                                  && owner.getState() == Thread.State.WAITING);
                      return "done";
                    }));
            stillInterrupted.set(Thread.currentThread().isInterrupted());
            return true;
          });
      Waiting.forLatch(begun);
    }

    assertThat(cleanedUp.get()).isEqualTo("done");
    assertThat(stillInterrupted.get()).isTrue();
  }

  @Test
  void interruptsACleanUpThatUsesItsBudgetUp() {
    assertThatThrownBy(
            () -> Shield.call("release", Duration.ofMillis(5), _ -> Waiting.forInterrupt()))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessage("release did not answer within its limit");
  }

  @Test
  void hasABudgetOnTheClockOfItsScope() throws Exception {
    var ticker = new SettableTicker.Watched();
    try (var scope = scopes.open("test", Deadline.after(LONG, ticker))) {
      Subtask<Throwable> cleanUp =
          scope.fork(
              "booking",
              _ -> {
                try {
                  return Shield.call(
                      "release",
                      Duration.ofMinutes(1),
                      budget -> {
                        assertThat(budget.remaining()).isEqualTo(Duration.ofMinutes(1));
                        ticker.advance(Duration.ofMinutes(1));
                        return Waiting.forInterrupt();
                      });
                } catch (DeadlineExceededException e) {
                  return e;
                }
              });
      scope.join();

      assertThat(cleanUp.result()).isInstanceOf(DeadlineExceededException.class);
    }
  }

  @Test
  void handsOverWhatTheCleanUpThrows() {
    var broken = new IOException("broken");

    assertThatThrownBy(
            () ->
                Shield.call(
                    "release",
                    LONG,
                    _ -> {
                      throw broken;
                    }))
        .isSameAs(broken);
  }

  @Test
  void givesTheCleanUpTheContextOfItsCaller() throws Exception {
    try (var _ = MDC.putCloseable("payment", "p-1");
        var scope = scopes.open("test", Deadline.after(LONG))) {
      scope.fork(
          "booking",
          _ ->
              Shield.call(
                  "release",
                  LONG,
                  _ -> {
                    Subtask.note("seen", MDC.get("payment"));
                    return true;
                  }));
      scope.join();

      assertThat(scope.report().entries().getFirst().notes()).isEqualTo(Map.of("seen", "p-1"));
    }
  }
}
