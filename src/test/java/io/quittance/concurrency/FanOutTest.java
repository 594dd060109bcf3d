package io.quittance.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.FanOut.Result;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FanOutTest {

  private static final Duration LONG = Duration.ofHours(1);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final FanOut fanOut = new FanOut(new DeadlineScopes(registry, Clock.systemUTC()));

  private <T, R> List<Result<R>> map(List<T> items, int parallelism, FanOut.Mapper<T, R> mapper)
      throws InterruptedException {
    return fanOut.map("test", items, parallelism, Deadline.after(LONG), mapper);
  }

  @AfterEach
  void nothingIsLeft() {
    if (registry.find("quittance.scope.live").gauge() != null) {
      assertThat(registry.get("quittance.scope.live").gauge().value()).isZero();
      assertThat(registry.get("quittance.scope.subtasks.live").gauge().value()).isZero();
      assertThat(registry.get("quittance.scope.orphans").counter().count()).isZero();
    }
  }

  @Test
  void returnsTheResultsInTheOrderOfTheItemsAlthoughTheyEndInAnother() throws Exception {
    List<CountDownLatch> ended =
        IntStream.range(0, 5).mapToObj(_ -> new CountDownLatch(1)).toList();

    List<Result<String>> results =
        map(
            List.of(0, 1, 2, 3, 4),
            5,
            (item, _) -> {
              if (item < 4) {
                Waiting.forLatch(ended.get(item + 1));
              }
              ended.get(item).countDown();
              return "item " + item;
            });

    assertThat(results)
        .extracting(result -> ((Result.Done<String>) result).value())
        .containsExactly("item 0", "item 1", "item 2", "item 3", "item 4");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void worksOnAsManyItemsAtOnceAsAllowedAndNoMore(int parallelism) throws Exception {
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    var release = new CountDownLatch(1);
    Thread owner = Thread.currentThread();
    Thread.ofVirtual()
        .start(
            () -> {
              // All are forked, and each has an item in hand.
              Waiting.until(
                  () ->
                      owner.getState() == Thread.State.WAITING
                          && running.get()
                              == registry.get("quittance.scope.subtasks.live").gauge().value());
              release.countDown();
            });

    List<Result<Boolean>> results =
        map(
            IntStream.range(0, 12).boxed().toList(),
            parallelism,
            (_, _) -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              Waiting.forLatch(release);
              running.decrementAndGet();
              return true;
            });

    assertThat(results).containsOnly(new Result.Done<>(true)).hasSize(12);
    assertThat(most.get()).isEqualTo(parallelism);
  }

  @Test
  void mapsFewerItemsThanItMayTakeAtOnce() throws Exception {
    assertThat(map(List.of(1, 2), 100, (item, _) -> item * 10))
        .containsExactly(new Result.Done<>(10), new Result.Done<>(20));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void reportsAFailureForItsItemAndGoesOnWithTheOthers(int parallelism) throws Exception {
    var refused = new IllegalStateException("refused");

    List<Result<Integer>> results =
        map(
            List.of(0, 1, 2, 3),
            parallelism,
            (item, _) -> {
              if (item == 1) {
                throw refused;
              }
              return item;
            });

    assertThat(results)
        .containsExactly(
            new Result.Done<>(0),
            new Result.Failed<>(refused),
            new Result.Done<>(2),
            new Result.Done<>(3));
  }

  @Test
  void saysOfEachItemThatIsLateWhetherItHadBegun() throws Exception {
    var ticker = new SettableTicker();
    var begun = new CountDownLatch(2);

    List<Result<Integer>> results =
        fanOut.map(
            "test",
            List.of(0, 1, 2, 3),
            2,
            Deadline.after(LONG, ticker),
            (item, _) -> {
              if (item == 0) {
                return item;
              }
              begun.countDown();
              Waiting.forLatch(begun);
              // The deadline passes with two items in hand, and both are stopped.
              ticker.advance(LONG);
              throw new InterruptedException();
            });

    assertThat(results)
        .containsExactly(
            new Result.Done<>(0),
            new Result.Cut<>(new Cancellation.DeadlinePassed()),
            new Result.Cut<>(new Cancellation.DeadlinePassed()),
            new Result.NotBegun<>());
  }

  @Test
  void interruptsTheItemsInHandAtTheDeadlineAndBeginsNoMore() throws Exception {
    var interrupted = new AtomicInteger();
    var begun = new AtomicInteger();

    List<Result<Integer>> results =
        fanOut.map(
            "test",
            List.of(0, 1, 2, 3, 4),
            2,
            Deadline.after(Duration.ofMillis(250)),
            (_, _) -> {
              begun.incrementAndGet();
              try {
                return Waiting.forInterrupt();
              } catch (InterruptedException e) {
                interrupted.incrementAndGet();
                throw e;
              }
            });

    assertThat(begun.get()).isEqualTo(2);
    assertThat(interrupted.get()).isEqualTo(2);
    assertThat(results)
        .containsExactly(
            new Result.Cut<>(new Cancellation.DeadlinePassed()),
            new Result.Cut<>(new Cancellation.DeadlinePassed()),
            new Result.NotBegun<>(),
            new Result.NotBegun<>(),
            new Result.NotBegun<>());
  }

  @Test
  void beginsNothingUnderADeadlineThatHasPassed() throws Exception {
    var ran = new AtomicBoolean();

    List<Result<Boolean>> results =
        fanOut.map(
            "test",
            List.of(1, 2, 3),
            2,
            Deadline.after(Duration.ZERO),
            (_, _) -> ran.getAndSet(true));

    assertThat(results).hasSize(3).containsOnly(new Result.NotBegun<>());
    assertThat(ran).isFalse();
  }

  @Test
  void keepsWhatAnItemReturnedAfterTheDeadline() throws Exception {
    var ticker = new SettableTicker();

    List<Result<Integer>> results =
        fanOut.map(
            "test",
            List.of(0, 1),
            1,
            Deadline.after(LONG, ticker),
            (item, _) -> {
              ticker.advance(LONG);
              return item;
            });

    assertThat(results).containsExactly(new Result.Done<>(0), new Result.NotBegun<>());
  }

  @Test
  void returnsNothingForNoItems() throws Exception {
    assertThat(map(List.<String>of(), 3, (item, _) -> item)).isEmpty();
  }

  @Test
  void refusesToWorkOnNoItemAtATime() {
    assertThatThrownBy(() -> map(List.of(1), 0, (item, _) -> item))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parallelism must be positive, not 0");
  }

  @Test
  void cancelsAllItemsWhenTheCallerIsInterrupted() throws Exception {
    var caller = Thread.currentThread();
    var begun = new CountDownLatch(2);
    var interrupted = new AtomicInteger();

    assertThatThrownBy(
            () ->
                map(
                    List.of(0, 1, 2),
                    2,
                    (_, _) -> {
                      begun.countDown();
                      try {
                        Waiting.forLatch(begun);
                        caller.interrupt();
                        return Waiting.forInterrupt();
                      } catch (InterruptedException e) {
                        interrupted.incrementAndGet();
                        throw e;
                      }
                    }))
        .isInstanceOf(InterruptedException.class);

    assertThat(interrupted.get()).isEqualTo(2);
    Thread.interrupted();
  }

  @Nested
  class AsTheyCome {

    private final List<String> told = new ArrayList<>();

    private void tell(int index, Result<?> result) {
      told.add(index + " " + result.getClass().getSimpleName());
    }

    @Test
    void tellsTheOwnerOfEachItemWhenItEnds() throws Exception {
      Thread owner = Thread.currentThread();
      List<CountDownLatch> told =
          IntStream.range(0, 3).mapToObj(_ -> new CountDownLatch(1)).toList();
      var order = new ArrayList<Integer>();

      fanOut
          .over(
              "test",
              List.of(0, 1, 2),
              3,
              (item, _) -> {
                if (item < 2) {
                  // Goes on only when the owner has been told of the next item.
                  Waiting.forLatch(told.get(item + 1));
                }
                return item;
              })
          .onResult(
              (index, result) -> {
                assertThat(Thread.currentThread()).isSameAs(owner);
                assertThat(result).isEqualTo(new Result.Done<>(index));
                order.add(index);
                told.get(index).countDown();
              })
          .run(Deadline.after(LONG));

      assertThat(order).containsExactly(2, 1, 0);
    }

    @Test
    void tellsOfEachItemOnceThoughTheDeadlineCutsSomeAndOthersNeverBegin() throws Exception {
      fanOut
          .over("test", List.of(0, 1, 2, 3), 2, (item, _) -> item == 0 ? 0 : Waiting.forInterrupt())
          .onResult(this::tell)
          .run(Deadline.after(Duration.ofMillis(250)));

      assertThat(told).containsExactlyInAnyOrder("0 Done", "1 Cut", "2 Cut", "3 NotBegun");
      assertThat(told).last().isEqualTo("3 NotBegun");
    }

    @Test
    void tellsOfWhatWasCutBeforeItThrowsTheCallersInterrupt() {
      Thread caller = Thread.currentThread();

      assertThatThrownBy(
              () ->
                  fanOut
                      .over(
                          "test",
                          List.of(0, 1),
                          1,
                          (_, _) -> {
                            caller.interrupt();
                            return Waiting.forInterrupt();
                          })
                      .onResult(this::tell)
                      .run(Deadline.after(LONG)))
          .isInstanceOf(InterruptedException.class);

      assertThat(told).containsExactly("0 Cut", "1 NotBegun");
    }

    @Test
    void cancelsAllWorkWhenTheListenerThrows() {
      var interrupted = new AtomicInteger();
      var begun = new CountDownLatch(1);

      assertThatThrownBy(
              () ->
                  fanOut
                      .over(
                          "test",
                          List.of(0, 1, 2),
                          2,
                          (item, _) -> {
                            if (item == 0) {
                              Waiting.forLatch(begun);
                              return item;
                            }
                            begun.countDown();
                            try {
                              return Waiting.forInterrupt();
                            } catch (InterruptedException e) {
                              interrupted.incrementAndGet();
                              throw e;
                            }
                          })
                      .onResult(
                          (index, result) -> {
                            tell(index, result);
                            throw new DeadlineExceededException("of the listener");
                          })
                      .run(Deadline.after(LONG)))
          .isInstanceOf(DeadlineExceededException.class)
          .hasMessage("of the listener");

      assertThat(told).containsExactly("0 Done");
      assertThat(interrupted.get()).isPositive();
    }
  }

  @Nested
  class FailFast {

    @Test
    void tellsTheWorkItselfWhyItIsCut() throws Exception {
      var refused = new IllegalStateException("refused");
      var begun = new CountDownLatch(1);
      var told = new AtomicReference<Optional<Cancellation>>();

      fanOut
          .<Integer, Integer>over(
              "test",
              List.of(0, 1),
              2,
              (item, _) -> {
                if (item == 1) {
                  Waiting.forLatch(begun);
                  throw refused;
                }
                begun.countDown();
                try {
                  return Waiting.forInterrupt();
                } finally {
                  told.set(Subtask.cancellation());
                }
              })
          .failFast()
          .run(Deadline.after(LONG));

      assertThat(told.get()).contains(new Cancellation.SiblingFailed("item 1", refused));
    }

    @Test
    void tellsTheOwnerAtOnceThoughSomeThreadsNeverStarted() throws Exception {
      var told = new ArrayList<Integer>();

      fanOut
          .over(
              "test",
              IntStream.range(0, 500).boxed().toList(),
              500,
              (Integer item, Deadline _) -> {
                throw new IllegalStateException("refused " + item);
              })
          .failFast()
          .onResult((index, _) -> told.add(index))
          .run(Deadline.after(LONG));

      assertThat(told).hasSize(500).doesNotHaveDuplicates();
    }

    @Test
    void cutsTheOthersAndTellsThemWhichItemFailed() throws Exception {
      var refused = new IllegalStateException("refused");
      var begun = new CountDownLatch(1);

      List<Result<Integer>> results =
          fanOut
              .<Integer, Integer>over(
                  "test",
                  List.of(0, 1, 2, 3),
                  2,
                  (item, _) -> {
                    if (item == 1) {
                      Waiting.forLatch(begun);
                      throw refused;
                    }
                    begun.countDown();
                    return Waiting.forInterrupt();
                  })
              .failFast()
              .run(Deadline.after(LONG));

      assertThat(results)
          .containsExactly(
              new Result.Cut<>(new Cancellation.SiblingFailed("item 1", refused)),
              new Result.Failed<>(refused),
              new Result.NotBegun<>(),
              new Result.NotBegun<>());
    }
  }

  @Nested
  class OnVirtualTime {

    private final SettableTicker ticker = new SettableTicker.Watched();

    @Test
    void cutsAndTellsAtTheDeadline() throws Exception {
      var told = new ArrayList<Result<Integer>>();

      List<Result<Integer>> results =
          fanOut
              .<Integer, Integer>over(
                  "test",
                  List.of(0, 1),
                  1,
                  (_, _) -> {
                    ticker.advance(LONG);
                    return Waiting.forInterrupt();
                  })
              .onResult((_, result) -> told.add(result))
              .run(Deadline.after(LONG, ticker));

      assertThat(results)
          .containsExactly(
              new Result.Cut<>(new Cancellation.DeadlinePassed()), new Result.NotBegun<>())
          .isEqualTo(told);
    }

    @Test
    void cutsAfterTheGraceOnly() throws Exception {
      List<Result<Boolean>> results =
          fanOut
              .<Integer, Boolean>over(
                  "test",
                  List.of(0, 1),
                  1,
                  (_, own) -> {
                    ticker.advance(LONG);
                    assertThat(own.expired()).isTrue();
                    assertThat(Subtask.cancellation()).isEmpty();
                    ticker.advance(Duration.ofSeconds(1));
                    return Waiting.forInterrupt();
                  })
              .grace(Duration.ofSeconds(1))
              .run(Deadline.after(LONG, ticker));

      assertThat(results)
          .containsExactly(
              new Result.Cut<>(new Cancellation.DeadlinePassed()), new Result.NotBegun<>());
    }

    @Test
    void cutsAnItemAtItsLimit() throws Exception {
      List<Result<Integer>> results =
          fanOut
              .over(
                  "test",
                  List.of(0, 1),
                  1,
                  (Integer item, Deadline own) -> {
                    if (item == 0) {
                      ticker.advance(own.remaining());
                      return Waiting.<Integer>forInterrupt();
                    }
                    return item;
                  })
              .limit(Duration.ofMinutes(1))
              .run(Deadline.after(LONG, ticker));

      assertThat(results)
          .containsExactly(new Result.Cut<>(new Cancellation.LimitPassed()), new Result.Done<>(1));
    }
  }

  @Test
  void givesEachItemAThreadWithoutAnInterruptOfTheOneBefore() throws Exception {
    List<Result<Boolean>> results =
        map(
            List.of(0, 1),
            1,
            (_, _) -> {
              boolean interrupted = Thread.currentThread().isInterrupted();
              Thread.currentThread().interrupt();
              return interrupted;
            });

    assertThat(results).containsExactly(new Result.Done<>(false), new Result.Done<>(false));
  }

  @Test
  void takesAnInterruptedExceptionThatNobodyAskedForAsAFailure() throws Exception {
    var own = new InterruptedException("of its own making");

    List<Result<Integer>> results =
        map(
            List.of(0, 1),
            1,
            (item, _) -> {
              if (item == 0) {
                throw own;
              }
              return item;
            });

    assertThat(results).containsExactly(new Result.Failed<>(own), new Result.Done<>(1));
  }

  @Test
  void takesAnErrorAsAFailureOfItsItem() throws Exception {
    var bug = new AssertionError("bug");

    List<Result<Integer>> results =
        map(
            List.of(0, 1),
            1,
            (item, _) -> {
              if (item == 0) {
                throw bug;
              }
              return item;
            });

    assertThat(results).containsExactly(new Result.Failed<>(bug), new Result.Done<>(1));
  }

  @Test
  void beginsNothingMoreForACallerWhoIsInterruptedThoughAnItemSwallowsItsInterrupt() {
    Thread caller = Thread.currentThread();
    var begun = new AtomicInteger();

    assertThatThrownBy(
            () ->
                map(
                    List.of(0, 1, 2),
                    1,
                    (item, _) -> {
                      begun.incrementAndGet();
                      caller.interrupt();
                      try {
                        return Waiting.forInterrupt();
                      } catch (InterruptedException e) {
                        return item;
                      }
                    }))
        .isInstanceOf(InterruptedException.class);

    assertThat(begun.get()).isEqualTo(1);
  }

  @Nested
  class Stop {

    @Test
    void mayBeAskedForByAnyThread() throws Exception {
      var run = fanOut.over("test", List.of(0, 1, 2), 1, (Integer item, Deadline _) -> item);
      run.stop();

      assertThat(run.run(Deadline.after(LONG))).containsOnly(new Result.NotBegun<>()).hasSize(3);
    }

    @Test
    void beginsNothingAfterAResultThatStopsIt() throws Exception {
      List<Result<Integer>> results =
          fanOut
              .over("test", List.of(0, 1, 2, 3), 1, (item, _) -> item)
              .stopWhen(new Result.Done<>(1)::equals)
              .run(Deadline.after(LONG));

      assertThat(results)
          .containsExactly(
              new Result.Done<>(0),
              new Result.Done<>(1),
              new Result.NotBegun<>(),
              new Result.NotBegun<>());
    }

    /** As every other item, it is told of once. */
    @Test
    void failsTheItemWhoseResultCannotBeJudged() throws Exception {
      var told = new ArrayList<Integer>();
      var failure = new IllegalStateException("judged");
      FanOutRun<Integer, Integer> run =
          fanOut
              .over("test", List.of(0, 1, 2), 1, (Integer item, Deadline _) -> item)
              .onResult((index, _) -> told.add(index))
              .stopWhen(
                  result -> {
                    if (result.equals(new Result.Done<>(1))) {
                      throw failure;
                    }
                    return false;
                  });

      List<Result<Integer>> results = run.run(Deadline.after(LONG));

      assertThat(results)
          .containsExactly(
              new Result.Done<>(0), new Result.Failed<>(failure), new Result.NotBegun<>());
      assertThat(told).containsExactly(0, 1, 2);
      assertThat(run.progress()).isEqualTo(new FanOut.Progress(3, 2, 1, 1, 0));
    }

    @Test
    void letsWhatIsUnderWayEnd() throws Exception {
      var begun = new CountDownLatch(1);
      var stopped = new CountDownLatch(1);
      var run =
          fanOut.over(
              "test",
              List.of(0, 1, 2),
              2,
              (Integer item, Deadline _) -> {
                if (item == 0) {
                  Waiting.forLatch(begun);
                } else {
                  begun.countDown();
                  Waiting.forLatch(stopped);
                }
                return item;
              });

      List<Result<Integer>> results =
          run.onResult(
                  (index, _) -> {
                    if (index == 0) {
                      stopped.countDown();
                    }
                  })
              .stopWhen(_ -> true)
              .run(Deadline.after(LONG));

      assertThat(results)
          .containsExactly(new Result.Done<>(0), new Result.Done<>(1), new Result.NotBegun<>());
    }
  }

  @Nested
  class LimitPerItem {

    @Test
    void cutsTheItemAndGoesOnWithTheOthers() throws Exception {
      List<Result<Integer>> results =
          fanOut
              .over(
                  "test",
                  List.of(0, 1, 2),
                  1,
                  (item, _) -> item == 1 ? Waiting.forInterrupt() : item)
              .limit(Duration.ofMillis(250))
              .run(Deadline.after(LONG));

      assertThat(results)
          .containsExactly(
              new Result.Done<>(0),
              new Result.Cut<>(new Cancellation.LimitPassed()),
              new Result.Done<>(2));
    }

    @Test
    void isToldToTheItemWithinTheDeadlineOfAll() throws Exception {
      var ticker = new SettableTicker();

      List<Result<Duration>> results =
          fanOut
              .over(
                  "test",
                  List.of(0, 1),
                  1,
                  (Integer _, Deadline own) -> {
                    Duration left = own.remaining();
                    ticker.advance(LONG.minusMinutes(2));
                    return left;
                  })
              .limit(Duration.ofMinutes(5))
              .run(Deadline.after(LONG, ticker));

      assertThat(results)
          .containsExactly(
              new Result.Done<>(Duration.ofMinutes(5)), new Result.Done<>(Duration.ofMinutes(2)));
    }
  }

  @Test
  void leavesWorkThatIsUnderWayItsGraceAndBeginsNothingInIt() throws Exception {
    List<Result<Boolean>> results =
        fanOut
            .over(
                "test",
                List.of(0, 1),
                1,
                (Integer _, Deadline own) -> {
                  // Far beyond the instant at which the JDK's timer would interrupt.
                  Waiting.until(() -> own.used().compareTo(Duration.ofMillis(100)) > 0);
                  return own.expired() && Subtask.cancellation().isEmpty();
                })
            .grace(LONG)
            .run(Deadline.after(Duration.ofMillis(20)));

    assertThat(results).containsExactly(new Result.Done<>(true), new Result.NotBegun<>());
  }

  @Test
  void tellsHowFarItHasComeWhileItRuns() throws Exception {
    var run =
        fanOut.over(
            "test",
            List.of(0, 1, 2),
            1,
            (Integer item, Deadline _) -> {
              if (item == 1) {
                throw new IllegalStateException("refused");
              }
              return item;
            });
    var seen = new ArrayList<FanOut.Progress>();
    assertThat(run.progress()).isEqualTo(new FanOut.Progress(3, 0, 0, 0, 0));

    run.stopWhen(_ -> seen.add(run.progress()) && seen.size() == 2).run(Deadline.after(LONG));

    assertThat(seen)
        .containsExactly(new FanOut.Progress(3, 1, 0, 0, 0), new FanOut.Progress(3, 2, 1, 0, 0));
    assertThat(run.progress()).isEqualTo(new FanOut.Progress(3, 2, 1, 1, 0));
    assertThat(run.progress().notBegun()).isEqualTo(1);
    assertThat(run.progress().underWay()).isZero();
  }

  @Test
  void runsOnce() throws Exception {
    var run = fanOut.over("test", List.of(1), 1, (item, _) -> item);
    run.run(Deadline.after(LONG));

    assertThatThrownBy(() -> run.run(Deadline.after(LONG)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("fan-out test has run");
  }
}
