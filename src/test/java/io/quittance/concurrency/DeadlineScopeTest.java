package io.quittance.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.ScopeReport.Entry;
import io.quittance.concurrency.ScopeReport.SubtaskState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

@Timeout(60)
class DeadlineScopeTest {

  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(5);
  private static final Duration LONG_ENOUGH_TO_BEGIN = Duration.ofMillis(250);
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final ScopedValue<String> TENANT = ScopedValue.newInstance();

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final DeadlineScopes scopes =
      new DeadlineScopes(registry, Clock.fixed(NOW, ZoneOffset.UTC));
  private final SettableTicker ticker = new SettableTicker();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);

  private DeadlineScope open(Duration budget) {
    return scopes.open("test", Deadline.after(budget));
  }

  /** A scope whose deadline passes when the test says so; only a failure makes it notice. */
  private DeadlineScope openOnSettableClock() {
    return scopes.open("test", Deadline.after(LONG, ticker));
  }

  private String hang(Deadline deadline) throws InterruptedException {
    begun.countDown();
    try {
      return Waiting.forInterrupt();
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
  }

  private String failOnceBegun(Deadline deadline) throws InterruptedException {
    Waiting.forLatch(begun);
    throw new IllegalStateException("declined");
  }

  private double gauge(String name) {
    return registry.get(name).tag("scope", "test").gauge().value();
  }

  private double counter(String name) {
    return registry.get(name).tag("scope", "test").counter().count();
  }

  private double ended(String outcome) {
    return registry
        .get("quittance.scope.subtasks")
        .tags("scope", "test", "outcome", outcome)
        .counter()
        .count();
  }

  private void assertNothingIsLeft() {
    assertThat(gauge("quittance.scope.live")).isZero();
    assertThat(gauge("quittance.scope.subtasks.live")).isZero();
    assertThat(counter("quittance.scope.orphans")).isZero();
  }

  private static Entry entry(DeadlineScope scope, String name) {
    return scope.report().entries().stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Nested
  class WhenAllSucceed {

    @Test
    void joinsEveryResult() throws Exception {
      try (var scope = open(LONG)) {
        Subtask<String> first = scope.fork("first", _ -> "one");
        Subtask<Integer> second = scope.fork("second", _ -> 2);
        scope.join();

        assertThat(first.result()).isEqualTo("one");
        assertThat(second.result()).isEqualTo(2);
        assertThat(List.of(first.state(), second.state())).containsOnly(SubtaskState.OK);
        assertThat(first.error()).isEmpty();
      }
    }

    @Test
    void runsSubtasksAtTheSameTime() throws Exception {
      var met = new CountDownLatch(2);
      DeadlineScope.Work<Boolean> meet =
          _ -> {
            met.countDown();
            Waiting.forLatch(met);
            return Thread.currentThread().isVirtual();
          };
      try (var scope = open(LONG)) {
        Subtask<Boolean> first = scope.fork("first", meet);
        Subtask<Boolean> second = scope.fork("second", meet);
        scope.join();

        assertThat(first.result()).isTrue();
        assertThat(second.result()).isTrue();
      }
    }

    @Test
    void forksAgainAfterAJoinUnderTheSameDeadline() throws Exception {
      try (var scope = open(LONG)) {
        Subtask<String> first = scope.fork("first", _ -> "one");
        scope.join();
        var deadlines = new ArrayList<Deadline>();
        Subtask<String> second =
            scope.fork(
                "second",
                deadline -> {
                  deadlines.add(deadline);
                  return first.result() + " two";
                });
        scope.join();

        assertThat(second.result()).isEqualTo("one two");
        assertThat(deadlines).containsExactly(scope.deadline());
        assertThat(scope.report().entries())
            .extracting(Entry::name)
            .containsExactly("first", "second");
      }
    }

    @Test
    void joinsAtOnceWhenNothingWasForked() throws Exception {
      try (var scope = open(LONG)) {
        scope.join();
        assertThat(scope.report().forked()).isZero();
      }
      assertNothingIsLeft();
    }
  }

  @Nested
  class WhenAResultIsDecisive {

    @Test
    void cancelsTheOtherSubtasksAndJoinsWithoutAFailure() throws Exception {
      var recovered = new AtomicBoolean();
      try (var scope = open(LONG)) {
        Subtask<String> sibling = scope.fork("sibling", DeadlineScopeTest.this::hang);
        Subtask<String> mendable =
            scope.fork(
                "mendable",
                LONG,
                _ -> Waiting.forInterrupt(),
                _ -> {
                  recovered.set(true);
                  return "fallback";
                });
        Subtask<String> decisive =
            scope.fork(
                "decisive",
                _ -> {
                  Waiting.forLatch(begun);
                  return "declined";
                },
                "declined"::equals);
        scope.join();

        assertThat(decisive.result()).isEqualTo("declined");
        assertThat(decisive.state()).isEqualTo(SubtaskState.OK);
        assertThat(decisive.error()).isEmpty();
        assertThat(List.of(sibling.state(), mendable.state())).containsOnly(SubtaskState.CANCELED);
      }
      assertThat(interrupted.getCount()).isZero();
      assertThat(recovered).isFalse();
      assertThat(counter("quittance.scope.canceled")).isZero();
      assertNothingIsLeft();
    }

    @Test
    void waitsForTheOthersWhenItTurnsOutNotToBe() throws Exception {
      try (var scope = open(LONG)) {
        Subtask<String> undecided = scope.fork("undecided", _ -> "accepted", "declined"::equals);
        Subtask<String> sibling =
            scope.fork(
                "sibling",
                _ -> {
                  Waiting.until(() -> undecided.state() == SubtaskState.OK);
                  return "done";
                });
        scope.join();

        assertThat(undecided.result()).isEqualTo("accepted");
        assertThat(sibling.result()).isEqualTo("done");
      }
    }

    @Test
    void failsTheScopeWhenItsWorkFails() throws Exception {
      try (var scope = open(LONG)) {
        scope.fork("sibling", DeadlineScopeTest.this::hang);
        scope.fork("decisive", DeadlineScopeTest.this::failOnceBegun, _ -> true);

        assertThatThrownBy(scope::join)
            .isInstanceOf(ScopeFailedException.class)
            .hasMessageContaining("decisive");
      }
    }

    @Test
    void letsTheOwnerForkAgain() throws Exception {
      try (var scope = open(LONG)) {
        scope.fork("decisive", _ -> "declined", _ -> true);
        scope.join();
        Subtask<String> release = scope.fork("release", _ -> "released");
        scope.join();

        assertThat(release.result()).isEqualTo("released");
      }
    }
  }

  @Nested
  class WhenASubtaskFails {

    @Test
    void interruptsItsSiblings() throws Exception {
      try (var scope = open(LONG)) {
        Subtask<String> sibling = scope.fork("sibling", DeadlineScopeTest.this::hang);
        Subtask<String> culprit = scope.fork("culprit", DeadlineScopeTest.this::failOnceBegun);

        assertThatThrownBy(scope::join)
            .isInstanceOf(ScopeFailedException.class)
            .hasMessage("scope test: subtask culprit failed: declined");
        assertThat(interrupted.getCount()).isZero();
        assertThat(sibling.state()).isEqualTo(SubtaskState.CANCELED);
        assertThat(sibling.value()).isEmpty();
        assertThat(culprit.state()).isEqualTo(SubtaskState.FAILED);
      }
    }

    @Test
    void joinsOnlyAfterAStubbornSiblingHasEnded() throws Exception {
      var release = new CountDownLatch(1);
      var thread = new AtomicReference<Thread>();
      Thread owner = Thread.currentThread();
      try (var scope = open(LONG)) {
        scope.fork(
            "stubborn",
            _ -> {
              thread.set(Thread.currentThread());
              try {
                return hang(scope.deadline());
              } catch (InterruptedException e) {
                Waiting.forLatchIgnoringInterrupts(release);
                return "late";
              }
            });
        Subtask<String> culprit = scope.fork("culprit", DeadlineScopeTest.this::failOnceBegun);
        Thread.ofVirtual()
            .start(
                () -> {
                  Waiting.forLatchIgnoringInterrupts(interrupted);
                  Waiting.until(() -> owner.getState() == Thread.State.WAITING);
                  release.countDown();
                });

        assertThatThrownBy(scope::join).isInstanceOf(ScopeFailedException.class);
        assertThat(thread.get().isAlive()).isFalse();
        assertThat(culprit.state()).isEqualTo(SubtaskState.FAILED);
        assertThat(scope.report().survivors()).isZero();
      }
    }

    @Test
    void reportsTheFirstErrorAsCauseAndTheOthersAsSuppressed() throws Exception {
      var untidy = new IllegalStateException("could not clean up");
      var patient = new CountDownLatch(1);
      try (var scope = open(LONG)) {
        Subtask<String> canceled =
            scope.fork(
                "canceled",
                _ -> {
                  patient.countDown();
                  return Waiting.forInterrupt();
                });
        scope.fork(
            "untidy",
            deadline -> {
              try {
                return hang(deadline);
              } catch (InterruptedException e) {
                throw untidy;
              }
            });
        scope.fork(
            "culprit",
            deadline -> {
              Waiting.forLatch(patient);
              return failOnceBegun(deadline);
            });

        var failed = catchThrowableOfType(ScopeFailedException.class, scope::join);

        assertThat(failed.subtask()).isEqualTo("culprit");
        assertThat(failed.first()).hasMessage("declined").isSameAs(failed.getCause());
        assertThat(failed.getSuppressed())
            .containsExactlyInAnyOrder(untidy, canceled.error().orElseThrow());
      }
    }

    @Test
    void keepsAResultThatWasThereBefore() throws Exception {
      try (var scope = open(LONG)) {
        Subtask<String> early = scope.fork("early", _ -> "kept");
        scope.fork(
            "culprit",
            _ -> {
              Waiting.until(() -> early.state() == SubtaskState.OK);
              throw new IllegalStateException("declined");
            });

        assertThatThrownBy(scope::join).isInstanceOf(ScopeFailedException.class);
        assertThat(early.result()).isEqualTo("kept");
        assertThat(early.state()).isEqualTo(SubtaskState.OK);
      }
    }

    @Test
    void keepsAResultThatASiblingReturnedInSpiteOfItsInterrupt() throws Exception {
      try (var scope = open(LONG)) {
        Subtask<String> stubborn =
            scope.fork(
                "stubborn",
                deadline -> {
                  try {
                    return hang(deadline);
                  } catch (InterruptedException e) {
                    return "kept";
                  }
                });
        scope.fork("culprit", DeadlineScopeTest.this::failOnceBegun);

        assertThatThrownBy(scope::join).isInstanceOf(ScopeFailedException.class);
        assertThat(stubborn.result()).isEqualTo("kept");
      }
    }

    @Test
    void cutsAnErrorThroughToo() throws Exception {
      try (var scope = open(LONG)) {
        scope.fork("sibling", DeadlineScopeTest.this::hang);
        scope.fork(
            "culprit",
            _ -> {
              Waiting.forLatch(begun);
              throw new AssertionError("bug");
            });

        assertThatThrownBy(scope::join)
            .isInstanceOf(ScopeFailedException.class)
            .hasCauseInstanceOf(AssertionError.class);
        assertThat(interrupted.getCount()).isZero();
      }
    }

    @Test
    void doesNotBeginWhatIsForkedAfterwards() throws Exception {
      var ran = new AtomicBoolean();
      Subtask<Boolean> tooLate;
      try (var scope = open(LONG)) {
        scope.fork("sibling", DeadlineScopeTest.this::hang);
        scope.fork("culprit", DeadlineScopeTest.this::failOnceBegun);
        Waiting.forLatch(interrupted);
        tooLate = scope.fork("too-late", _ -> ran.getAndSet(true));

        assertThatThrownBy(scope::join).isInstanceOf(ScopeFailedException.class);
        assertThat(scope.report().survivors()).isZero();
      }
      assertThat(ran).isFalse();
      assertThat(tooLate.state()).isEqualTo(SubtaskState.CANCELED);
      assertThat(tooLate.error()).isEmpty();
      assertThatThrownBy(tooLate::result)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("too-late has no result: CANCELED");
      assertThat(ended("canceled")).isEqualTo(2);
      assertNothingIsLeft();
    }

    @Test
    void saysSoAlthoughTheDeadlinePassesWhileSiblingsAreStillEnding() throws Exception {
      try (var scope = openOnSettableClock()) {
        scope.fork(
            "stubborn",
            deadline -> {
              try {
                return hang(deadline);
              } catch (InterruptedException e) {
                ticker.advance(LONG);
                return "late";
              }
            });
        scope.fork("culprit", DeadlineScopeTest.this::failOnceBegun);

        assertThatThrownBy(scope::join).isInstanceOf(ScopeFailedException.class);
        assertThat(scope.deadline().expired()).isTrue();
        assertThat(counter("quittance.scope.deadline.missed")).isZero();
      }
    }

    @Test
    void blamesTheDeadlineWhenTheFailureCameAfterIt() throws Exception {
      try (var scope = openOnSettableClock()) {
        Subtask<String> culprit =
            scope.fork(
                "culprit",
                _ -> {
                  ticker.advance(LONG);
                  throw new IllegalStateException("gave up at the deadline");
                });

        assertThatThrownBy(scope::join)
            .isInstanceOf(DeadlineExceededException.class)
            .hasSuppressedException(culprit.error().orElseGet(IllegalStateException::new));
        assertThat(counter("quittance.scope.deadline.missed")).isEqualTo(1);
      }
    }

    @Test
    void endsANestedScopeToo() throws Exception {
      var innermost = new AtomicReference<Subtask<String>>();
      try (var outer = open(LONG)) {
        outer.fork(
            "nesting",
            deadline -> {
              try (var inner = scopes.open("inner", deadline)) {
                innermost.set(inner.fork("innermost", DeadlineScopeTest.this::hang));
                inner.join();
              }
              return true;
            });
        outer.fork("culprit", DeadlineScopeTest.this::failOnceBegun);

        assertThatThrownBy(outer::join).isInstanceOf(ScopeFailedException.class);
      }
      assertThat(innermost.get().state()).isEqualTo(SubtaskState.CANCELED);
      assertThat(registry.get("quittance.scope.live").tag("scope", "inner").gauge().value())
          .isZero();
      assertNothingIsLeft();
    }
  }

  @Nested
  class WhenTheDeadlinePasses {

    @Test
    void interruptsAllSubtasks() throws Exception {
      try (var scope = open(SHORT)) {
        Subtask<String> first = scope.fork("first", DeadlineScopeTest.this::hang);
        Subtask<String> second = scope.fork("second", _ -> Waiting.forInterrupt());

        var exceeded = catchThrowableOfType(DeadlineExceededException.class, scope::join);

        assertThat(exceeded).hasMessageStartingWith("scope test missed its deadline of ");
        assertThat(List.of(first.state(), second.state())).containsOnly(SubtaskState.TIMED_OUT);
        assertThat(exceeded.getSuppressed())
            .containsExactlyElementsOf(
                List.of(first, second).stream().flatMap(s -> s.error().stream()).toList());
        assertThat(scope.report().survivors()).isZero();
      }
    }

    @Test
    void keepsTheResultsThatWereThereBefore() throws Exception {
      var watched = new SettableTicker.Watched();
      try (var scope = scopes.open("test", Deadline.after(LONG, watched))) {
        Subtask<String> early = scope.fork("early", _ -> "kept");
        scope.join();
        watched.advance(LONG.minus(SHORT));
        scope.fork(
            "late",
            deadline -> {
              watched.advance(SHORT);
              return hang(deadline);
            });

        assertThatThrownBy(scope::join).isInstanceOf(DeadlineExceededException.class);
        assertThat(early.result()).isEqualTo("kept");
      }
    }

    @Test
    void doesNotBeginWhatIsForkedAfterwards() throws Exception {
      var ran = new AtomicBoolean();
      Subtask<Boolean> tooLate;
      try (var scope = open(LONG_ENOUGH_TO_BEGIN)) {
        scope.fork("sibling", DeadlineScopeTest.this::hang);
        Waiting.forLatch(interrupted);
        tooLate = scope.fork("too-late", _ -> ran.getAndSet(true));

        assertThatThrownBy(scope::join).isInstanceOf(DeadlineExceededException.class);
        assertThat(scope.report().survivors()).isZero();
      }
      assertThat(ran).isFalse();
      assertThat(tooLate.state()).isEqualTo(SubtaskState.TIMED_OUT);
      assertNothingIsLeft();
    }

    @Test
    void doesNotCutAStepOnTheOwnersThread() throws Exception {
      try (var scope = open(SHORT)) {
        scope.fork("sibling", DeadlineScopeTest.this::hang);
        Thread ran =
            scope.step(
                "commit",
                deadline -> {
                  Waiting.until(deadline::expired);
                  return Thread.currentThread();
                });

        assertThat(ran).isSameAs(Thread.currentThread());
        assertThat(ran.isInterrupted()).isFalse();
        assertThat(entry(scope, "commit").state()).isEqualTo(SubtaskState.OK);
        assertThatThrownBy(scope::join).isInstanceOf(DeadlineExceededException.class);
      }
    }
  }

  @Nested
  class WithALimitOfItsOwn {

    @Test
    void isCutUnderItsOwnNameAndRecovers() throws Exception {
      var failures = new ArrayList<Throwable>();
      try (var scope = open(LONG)) {
        Subtask<String> slow =
            scope.fork(
                "slow",
                SHORT,
                DeadlineScopeTest.this::hang,
                failure -> {
                  failures.add(failure);
                  return "fallback";
                });
        scope.join();

        assertThat(slow.result()).isEqualTo("fallback");
        assertThat(slow.state()).isEqualTo(SubtaskState.TIMED_OUT);
        assertThat(slow.error()).containsInstanceOf(DeadlineExceededException.class);
        assertThat(slow.error().orElseThrow())
            .hasMessage("slow did not answer within its limit")
            .isSameAs(failures.getFirst());
        assertThat(entry(scope, "slow").budget_ms()).isLessThanOrEqualTo(SHORT.toMillis());
      }
      assertThat(failures).hasSize(1);
      assertThat(ended("timed_out")).isEqualTo(1);
      assertNothingIsLeft();
    }

    @Test
    void failsTheScopeUnderItsOwnNameWhenItDoesNotRecover() throws Exception {
      try (var scope = open(LONG)) {
        scope.fork(
            "slow",
            SHORT,
            DeadlineScopeTest.this::hang,
            failure -> {
              throw (Exception) failure;
            });

        var failed = catchThrowableOfType(ScopeFailedException.class, scope::join);

        assertThat(failed.subtask()).isEqualTo("slow");
        assertThat(failed.first()).isInstanceOf(DeadlineExceededException.class);
      }
    }

    @Test
    void tellsTheWorkTheEarlierOfItsLimitAndTheScopesDeadline() throws Exception {
      try (var scope = openOnSettableClock()) {
        Subtask<Deadline> own = scope.fork("own", Duration.ofMinutes(1), d -> d, _ -> null);
        Subtask<Deadline> scopes = scope.fork("scopes", LONG.multipliedBy(2), d -> d, _ -> null);
        scope.join();

        assertThat(own.result().granted()).isEqualTo(Duration.ofMinutes(1));
        assertThat(scopes.result()).isSameAs(scope.deadline());
      }
    }

    @Test
    void mendsAFailureWithoutCancellingItsSiblings() throws Exception {
      try (var scope = open(LONG)) {
        var mended = new CountDownLatch(1);
        Subtask<String> sibling =
            scope.fork(
                "sibling",
                _ -> {
                  Waiting.forLatch(mended);
                  return "done";
                });
        Subtask<String> broken =
            scope.fork(
                "broken",
                LONG,
                _ -> {
                  throw new IllegalStateException("down");
                },
                failure -> {
                  mended.countDown();
                  return "instead of " + failure.getMessage();
                });
        scope.join();

        assertThat(broken.result()).isEqualTo("instead of down");
        assertThat(broken.state()).isEqualTo(SubtaskState.FAILED);
        assertThat(broken.error()).get().extracting(Throwable::getMessage).isEqualTo("down");
        assertThat(sibling.result()).isEqualTo("done");
      }
    }

    @Test
    void failsTheScopeWithWhatTheRecoveryThrows() throws Exception {
      var down = new IllegalStateException("down");
      var noFallback = new IllegalStateException("no fallback either");
      try (var scope = open(LONG)) {
        scope.fork(
            "broken",
            LONG,
            _ -> {
              throw down;
            },
            _ -> {
              throw noFallback;
            });

        var failed = catchThrowableOfType(ScopeFailedException.class, scope::join);

        assertThat(failed.subtask()).isEqualTo("broken");
        assertThat(failed.first()).isSameAs(noFallback).hasSuppressedException(down);
      }
    }

    @Test
    void doesNotRecoverAfterASiblingFailed() throws Exception {
      var recovered = new AtomicBoolean();
      try (var scope = open(LONG)) {
        Subtask<String> limited =
            scope.fork(
                "limited",
                LONG.minusMinutes(1),
                DeadlineScopeTest.this::hang,
                _ -> {
                  recovered.set(true);
                  return "fallback";
                });
        scope.fork("culprit", DeadlineScopeTest.this::failOnceBegun);

        assertThatThrownBy(scope::join).isInstanceOf(ScopeFailedException.class);
        assertThat(limited.value()).isEmpty();
        assertThat(limited.state()).isEqualTo(SubtaskState.CANCELED);
      }
      assertThat(recovered).isFalse();
    }

    @Test
    void doesNotRecoverAfterASiblingFailedThoughTheWorkDisguisesItsInterrupt() throws Exception {
      var recovered = new AtomicBoolean();
      try (var scope = open(LONG)) {
        scope.fork(
            "limited",
            LONG,
            deadline -> {
              try {
                return hang(deadline);
              } catch (InterruptedException e) {
                throw new IllegalStateException("connection lost");
              }
            },
            _ -> {
              recovered.set(true);
              return "fallback";
            });
        scope.fork("culprit", DeadlineScopeTest.this::failOnceBegun);

        assertThatThrownBy(scope::join)
            .isInstanceOf(ScopeFailedException.class)
            .hasMessageContaining("culprit");
      }
      assertThat(recovered).isFalse();
    }

    @Test
    void doesNotRecoverAfterTheScopesDeadline() throws Exception {
      var recovered = new AtomicBoolean();
      try (var scope = openOnSettableClock()) {
        scope.fork(
            "limited",
            LONG.minusMinutes(1),
            _ -> {
              ticker.advance(LONG);
              throw new IllegalStateException("too late");
            },
            _ -> {
              recovered.set(true);
              return "fallback";
            });

        assertThatThrownBy(scope::join).isInstanceOf(DeadlineExceededException.class);
      }
      assertThat(recovered).isFalse();
    }
  }

  @Nested
  class WhenTheOwnerLeaves {

    @Test
    void anInterruptOfTheOwnerCancelsTheSubtasks() throws Exception {
      try (var scope = open(LONG)) {
        Subtask<String> subtask = scope.fork("subtask", DeadlineScopeTest.this::hang);
        Waiting.forLatch(begun);
        Thread.currentThread().interrupt();

        assertThatThrownBy(scope::join).isInstanceOf(InterruptedException.class);
        assertThat(interrupted.getCount()).isZero();
        assertThat(subtask.state()).isEqualTo(SubtaskState.CANCELED);
      }
      assertNothingIsLeft();
    }

    @Test
    void closingWithoutAJoinCancelsTheSubtasks() throws Exception {
      Subtask<String> subtask;
      try (var scope = open(LONG)) {
        subtask = scope.fork("subtask", DeadlineScopeTest.this::hang);
        Waiting.forLatch(begun);
      }
      assertThat(interrupted.getCount()).isZero();
      assertThat(subtask.state()).isEqualTo(SubtaskState.CANCELED);
      assertThat(counter("quittance.scope.canceled")).isEqualTo(1);
      assertNothingIsLeft();
    }

    @Test
    void closingAddsNothingToTheErrorThatLeftTheBody() {
      var body = new IllegalStateException("body");

      assertThatThrownBy(
              () -> {
                try (var scope = open(LONG)) {
                  scope.fork("subtask", DeadlineScopeTest.this::hang);
                  throw body;
                }
              })
          .isSameAs(body)
          .hasNoSuppressedExceptions();
      assertNothingIsLeft();
    }

    @Test
    void aFailedStepCancelsTheSubtasks() {
      var failure = new IllegalStateException("commit failed");

      assertThatThrownBy(
              () -> {
                try (var scope = open(LONG)) {
                  scope.fork("subtask", DeadlineScopeTest.this::hang);
                  scope.step(
                      "commit",
                      _ -> {
                        Waiting.forLatch(begun);
                        throw failure;
                      });
                }
              })
          .isSameAs(failure);
      assertThat(interrupted.getCount()).isZero();
      assertNothingIsLeft();
    }

    @Test
    void closingTwiceCountsOnce() {
      var scope = open(LONG);
      scope.close();
      scope.close();

      assertNothingIsLeft();
    }

    @Test
    void nothingCanBeForkedAfterTheClose() {
      var scope = open(LONG);
      scope.close();

      assertThatThrownBy(() -> scope.fork("orphan", DeadlineScopeTest.this::hang))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("scope test is closed");
      assertNothingIsLeft();
    }
  }

  @Nested
  class Context {

    @Test
    void reachesTheSubtasks() throws Exception {
      try (var _ = MDC.putCloseable("payment", "p-1");
          var scope = open(LONG)) {
        DeadlineScope.Work<String> read = _ -> MDC.get("payment") + " " + TENANT.get();
        List<Subtask<String>> read3 =
            ScopedValue.where(TENANT, "t-1")
                .call(
                    () -> {
                      var forked =
                          List.of(
                              scope.fork("plain", read),
                              scope.fork("limited", Duration.ofMinutes(1), read, _ -> "?"),
                              scope.<String>fork(
                                  "recovered",
                                  Duration.ofMinutes(1),
                                  _ -> {
                                    throw new IllegalStateException("down");
                                  },
                                  _ -> read.call(scope.deadline())));
                      scope.join();
                      return forked;
                    });

        assertThat(read3).extracting(Subtask::result).containsOnly("p-1 t-1");
      }
    }

    @Test
    void isThatOfTheOpeningAndNotOfTheFork() throws Exception {
      try (var scope = open(LONG)) {
        MDC.put("payment", "p-2");
        try {
          Subtask<String> read = scope.fork("read", _ -> String.valueOf(MDC.get("payment")));
          scope.join();
          assertThat(read.result()).isEqualTo("null");
        } finally {
          MDC.remove("payment");
        }
      }
    }
  }

  @Nested
  class Notes {

    @Test
    void stayWithTheSubtaskThatLeftThem() throws Exception {
      try (var scope = open(LONG)) {
        scope.fork("plain", noting("plain"));
        scope.fork("limited", Duration.ofMinutes(1), noting("limited"), _ -> true);
        scope.fork(
            "recovered",
            LONG,
            _ -> {
              throw new IllegalStateException("down");
            },
            _ -> noting("recovered").call(scope.deadline()));
        scope.step("step", noting("step"));
        scope.join();

        assertThat(scope.report().entries())
            .hasSize(4)
            .allSatisfy(
                entry -> assertThat(entry.notes()).containsOnly(Map.entry("who", entry.name())));
      }
    }

    @Test
    void areIgnoredOutsideOfASubtask() throws Exception {
      Subtask.note("who", "nobody");
      try (var scope = open(LONG)) {
        scope.fork("silent", _ -> true);
        scope.join();
        assertThat(entry(scope, "silent").notes()).isEmpty();
      }
    }

    private DeadlineScope.Work<Boolean> noting(String who) {
      return _ -> {
        Subtask.note("who", who);
        return true;
      };
    }
  }

  @Nested
  class Report {

    @Test
    void countsWhatRunsWhileItRuns() throws Exception {
      var release = new CountDownLatch(1);
      try (var scope = open(LONG)) {
        scope.fork("quick", _ -> true);
        scope.join();
        scope.fork(
            "slow",
            _ -> {
              Waiting.forLatch(release);
              return true;
            });

        assertThat(scope.report().forked()).isEqualTo(2);
        assertThat(scope.report().joined()).isEqualTo(1);
        assertThat(scope.report().survivors()).isEqualTo(1);
        assertThat(entry(scope, "slow").state()).isEqualTo(SubtaskState.RUNNING);
        assertThat(gauge("quittance.scope.live")).isEqualTo(1);
        assertThat(gauge("quittance.scope.subtasks.live")).isEqualTo(1);

        release.countDown();
        scope.join();

        assertThat(scope.report().joined()).isEqualTo(2);
        assertThat(scope.report().survivors()).isZero();
      }
    }

    @Test
    void holdsEverySubtaskWithItsTimesAndItsEnd() throws Exception {
      try (var scope = scopes.open("test", Deadline.after(Duration.ofMillis(250), ticker))) {
        scope.fork("good", _ -> true);
        scope.join();
        ticker.advance(Duration.ofMillis(50));
        scope.fork(
            "bad",
            _ -> {
              throw new IllegalStateException("declined");
            });
        assertThatThrownBy(scope::join).isInstanceOf(ScopeFailedException.class);

        ScopeReport report = scope.report();

        assertThat(report.name()).isEqualTo("test");
        assertThat(report.openedAt()).isEqualTo(NOW);
        assertThat(report.granted_ms()).isEqualTo(250);
        assertThat(report.entries())
            .extracting(Entry::name, Entry::state, Entry::budget_ms)
            .containsExactly(
                tuple("good", SubtaskState.OK, 250L), tuple("bad", SubtaskState.FAILED, 200L));
        assertThat(report.entries().getFirst().error()).isNull();
        assertThat(report.entries().getLast().error()).hasMessage("declined");
        assertThat(report.entries())
            .allSatisfy(entry -> assertThat(entry.start_ms()).isBetween(0.0, entry.end_ms()));
      }
    }
  }

  @Nested
  class Metrics {

    @Test
    void countScopesAndSubtasksByHowTheyEnded() throws Exception {
      try (var scope = open(LONG)) {
        scope.fork("good", _ -> true);
        scope.join();
      }
      try (var scope = open(LONG)) {
        scope.fork("sibling", DeadlineScopeTest.this::hang);
        scope.fork("culprit", DeadlineScopeTest.this::failOnceBegun);
        assertThatThrownBy(scope::join).isInstanceOf(ScopeFailedException.class);
      }
      try (var scope = open(SHORT)) {
        scope.fork("late", _ -> Waiting.forInterrupt());
        assertThatThrownBy(scope::join).isInstanceOf(DeadlineExceededException.class);
      }

      assertThat(counter("quittance.scope.opened")).isEqualTo(3);
      assertThat(counter("quittance.scope.canceled")).isEqualTo(1);
      assertThat(counter("quittance.scope.deadline.missed")).isEqualTo(1);
      assertThat(ended("ok")).isEqualTo(1);
      assertThat(ended("failed")).isEqualTo(1);
      assertThat(ended("canceled")).isEqualTo(1);
      assertThat(ended("timed_out")).isEqualTo(1);
      assertThat(ended("running")).isZero();
      assertNothingIsLeft();
    }

    @Test
    void areKeptApartByName() {
      try (var _ = open(LONG);
          var _ = scopes.open("other", Deadline.after(LONG))) {
        assertThat(gauge("quittance.scope.live")).isEqualTo(1);
      }
      assertThat(counter("quittance.scope.opened")).isEqualTo(1);
    }
  }
}
