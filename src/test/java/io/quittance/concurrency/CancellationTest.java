package io.quittance.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Cancellation.DeadlinePassed;
import io.quittance.concurrency.Cancellation.LimitPassed;
import io.quittance.concurrency.Cancellation.OwnerClosed;
import io.quittance.concurrency.Cancellation.OwnerInterrupted;
import io.quittance.concurrency.Cancellation.SiblingDecided;
import io.quittance.concurrency.Cancellation.SiblingFailed;
import io.quittance.concurrency.ScopeReport.Entry;
import io.quittance.concurrency.ScopeReport.Parent;
import io.quittance.concurrency.ScopeReport.SubtaskState;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a subtask is told about its cancellation, and what the scope's report says of it. */
@Timeout(60)
class CancellationTest {

  private static final Duration LONG = Duration.ofHours(1);

  private final DeadlineScopes scopes =
      new DeadlineScopes(new SimpleMeterRegistry(), Clock.systemUTC());
  private final SettableTicker ticker = new SettableTicker.Watched();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final AtomicReference<Optional<Cancellation>> told = new AtomicReference<>();

  private DeadlineScope open() {
    return scopes.open("test", Deadline.after(LONG, ticker));
  }

  private String hang(Deadline deadline) throws InterruptedException {
    begun.countDown();
    try {
      return Waiting.forInterrupt();
    } catch (InterruptedException e) {
      told.set(Subtask.cancellation());
      throw e;
    }
  }

  private static Entry entry(ScopeReport report, String name) {
    return report.entries().stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void isNothingWhileNobodyCanceled() throws Exception {
    assertThat(Subtask.cancellation()).isEmpty();
    try (var scope = open()) {
      Subtask<Optional<Cancellation>> well = scope.fork("well", _ -> Subtask.cancellation());
      scope.join();

      assertThat(well.result()).isEmpty();
      Optional<Cancellation> step = scope.step("step", _ -> Subtask.cancellation());
      assertThat(step).isEmpty();
      assertThat(scope.report().entries()).extracting(Entry::cancellation).containsOnlyNulls();
    }
  }

  @Test
  void tellsWhichSiblingFailedAndHow() throws Exception {
    var declined = new IllegalStateException("declined");
    try (var scope = open()) {
      scope.fork("hanging", this::hang);
      scope.fork(
          "culprit",
          _ -> {
            Waiting.forLatch(begun);
            throw declined;
          });
      assertThatThrownBy(scope::join).isInstanceOf(ScopeFailedException.class);

      assertThat(told.get()).contains(new SiblingFailed("culprit", declined));
      assertThat(entry(scope.report(), "hanging").cancellation()).isEqualTo(told.get().get());
      assertThat(entry(scope.report(), "culprit").cancellation()).isNull();
    }
  }

  @Test
  void tellsWhichSiblingDecided() throws Exception {
    try (var scope = open()) {
      scope.fork("hanging", this::hang);
      scope.fork(
          "decisive",
          _ -> {
            Waiting.forLatch(begun);
            return true;
          },
          Boolean::booleanValue);
      scope.join();
    }

    assertThat(told.get()).contains(new SiblingDecided("decisive"));
  }

  @Test
  void tellsThatTheDeadlinePassed() throws Exception {
    try (var scope = open()) {
      scope.fork("hanging", this::hang);
      scope.fork(
          "clock",
          _ -> {
            Waiting.forLatch(begun);
            ticker.advance(LONG);
            return true;
          });
      assertThatThrownBy(scope::join).isInstanceOf(DeadlineExceededException.class);

      assertThat(told.get()).contains(new DeadlinePassed());
      assertThat(entry(scope.report(), "hanging").state()).isEqualTo(SubtaskState.TIMED_OUT);
    }
  }

  @Test
  void tellsThatTheDeadlinePassedOnTheMachinesClock() throws Exception {
    try (var scope = scopes.open("test", Deadline.after(Duration.ofMillis(250)))) {
      scope.fork("hanging", this::hang);
      assertThatThrownBy(scope::join).isInstanceOf(DeadlineExceededException.class);
    }

    assertThat(told.get()).contains(new DeadlinePassed());
  }

  @Test
  void tellsThatItsOwnLimitPassedButNotItsRecovery() throws Exception {
    try (var scope = open()) {
      Subtask<String> limited =
          scope.fork(
              "limited",
              Duration.ofMinutes(1),
              deadline -> {
                ticker.advance(Duration.ofMinutes(1));
                return hang(deadline);
              },
              _ -> "recovered " + Subtask.cancellation());
      scope.join();

      assertThat(told.get()).contains(new LimitPassed());
      assertThat(limited.result()).isEqualTo("recovered Optional.empty");
      assertThat(entry(scope.report(), "limited").cancellation()).isEqualTo(new LimitPassed());
    }
  }

  @Test
  void tellsOneWithALimitWhenSomethingElseCanceledIt() throws Exception {
    var declined = new IllegalStateException("declined");
    try (var scope = open()) {
      scope.fork("limited", Duration.ofMinutes(1), this::hang, _ -> "fallback");
      scope.fork(
          "culprit",
          _ -> {
            Waiting.forLatch(begun);
            throw declined;
          });
      assertThatThrownBy(scope::join).isInstanceOf(ScopeFailedException.class);
    }

    assertThat(told.get()).contains(new SiblingFailed("culprit", declined));
  }

  @Test
  void tellsThatTheOwnerLeft() throws Exception {
    try (var scope = open()) {
      scope.fork("hanging", this::hang);
      Waiting.forLatch(begun);
    }

    assertThat(told.get()).contains(new OwnerClosed());
  }

  @Test
  void tellsThatTheOwnerWasInterrupted() throws Exception {
    try (var scope = open()) {
      scope.fork("hanging", this::hang);
      Waiting.forLatch(begun);
      Thread.currentThread().interrupt();
      assertThatThrownBy(scope::join).isInstanceOf(InterruptedException.class);
    }

    assertThat(told.get()).contains(new OwnerInterrupted());
  }

  @Test
  void isKnownOfWhatNeverBegan() throws Exception {
    try (var scope = open()) {
      scope.fork("hanging", this::hang);
      scope.fork(
          "decisive",
          _ -> {
            Waiting.forLatch(begun);
            return true;
          },
          Boolean::booleanValue);
      Waiting.until(() -> told.get() != null);
      scope.fork("too-late", this::hang);
      scope.join();

      assertThat(entry(scope.report(), "too-late").cancellation())
          .isEqualTo(new SiblingDecided("decisive"));
    }
  }

  @Nested
  class OfANestedScope {

    @Test
    void isThatOfItsParent() throws Exception {
      var declined = new IllegalStateException("declined");
      try (var outer = open()) {
        outer.fork(
            "nesting",
            deadline -> {
              try (var inner = scopes.open("inner", deadline)) {
                inner.fork("innermost", CancellationTest.this::hang);
                inner.join();
              }
              return true;
            });
        outer.fork(
            "culprit",
            _ -> {
              Waiting.forLatch(begun);
              throw declined;
            });
        assertThatThrownBy(outer::join).isInstanceOf(ScopeFailedException.class);
      }

      assertThat(told.get()).contains(new SiblingFailed("culprit", declined));
    }

    @Test
    void reachesAStepOfItsOwner() throws Exception {
      try (var outer = open()) {
        outer.fork(
            "nesting",
            deadline -> {
              try (var inner = scopes.open("inner", deadline)) {
                return inner.step("step", CancellationTest.this::hang);
              }
            });
        Waiting.forLatch(begun);
      }

      assertThat(told.get()).contains(new OwnerClosed());
    }

    @Test
    void itsReportIsPartOfTheSubtaskThatOpenedIt() throws Exception {
      try (var outer = open()) {
        outer.fork(
            "nesting",
            deadline -> {
              try (var inner = scopes.open("inner", deadline)) {
                inner.fork("innermost", _ -> true);
                inner.join();
                return inner.report();
              }
            });
        outer.join();

        Entry nesting = entry(outer.report(), "nesting");
        assertThat(nesting.nested_total()).isEqualTo(1);
        ScopeReport inner = nesting.nested().getFirst();
        assertThat(inner.name()).isEqualTo("inner");
        assertThat(inner.parent()).isEqualTo(new Parent("test", "nesting"));
        assertThat(inner.entries()).extracting(Entry::name).containsExactly("innermost");
        assertThat(outer.report().parent()).isNull();
      }
    }

    @Test
    void itsReportIsPartOfTheStepThatOpenedIt() throws Exception {
      try (var outer = open()) {
        outer.step(
            "step",
            deadline -> {
              scopes.open("inner", deadline).close();
              return true;
            });

        assertThat(entry(outer.report(), "step").nested())
            .extracting(ScopeReport::parent)
            .isEqualTo(List.of(new Parent("test", "step")));
      }
    }

    @Test
    void onlyTheFirstAreKeptAndTheRestAreCounted() throws Exception {
      try (var outer = open()) {
        outer.fork(
            "nesting",
            deadline -> {
              for (int i = 0; i < 1_000; i++) {
                scopes.open("inner", deadline).close();
              }
              return true;
            });
        outer.join();

        Entry nesting = entry(outer.report(), "nesting");
        assertThat(nesting.nested()).hasSize(16);
        assertThat(nesting.nested_total()).isEqualTo(1_000);
      }
    }
  }
}
