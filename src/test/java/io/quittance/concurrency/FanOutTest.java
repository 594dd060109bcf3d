package io.quittance.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.FanOut.Result;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
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
    if (registry.find("scope.live").gauge() != null) {
      assertThat(registry.get("scope.live").gauge().value()).isZero();
      assertThat(registry.get("scope.subtasks.live").gauge().value()).isZero();
      assertThat(registry.get("scope.orphans").counter().count()).isZero();
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
                          && running.get() == registry.get("scope.subtasks.live").gauge().value());
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
            new Result.Late<>(true),
            new Result.Late<>(true),
            new Result.Late<>(false));
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
            new Result.Late<>(true),
            new Result.Late<>(true),
            new Result.Late<>(false),
            new Result.Late<>(false),
            new Result.Late<>(false));
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

    assertThat(results).hasSize(3).containsOnly(new Result.Late<>(false));
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

    assertThat(results).containsExactly(new Result.Done<>(0), new Result.Late<>(false));
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
}
