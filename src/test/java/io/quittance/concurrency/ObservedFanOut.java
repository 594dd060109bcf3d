package io.quittance.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Cancellation.DeadlinePassed;
import io.quittance.concurrency.Cancellation.LimitPassed;
import io.quittance.concurrency.Cancellation.OwnerInterrupted;
import io.quittance.concurrency.Cancellation.SiblingFailed;
import io.quittance.concurrency.FanOut.Result;
import io.quittance.concurrency.FanOutPropertiesTest.Act;
import io.quittance.concurrency.FanOutPropertiesTest.Ending;
import io.quittance.concurrency.FanOutPropertiesTest.Settings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A fan-out whose items keep a record of their own, and what must hold of it and its results. */
final class ObservedFanOut {

  private static final Duration LONG = Duration.ofHours(1);

  private final List<Act> acts;
  private final int parallelism;
  private final Settings settings;
  private final Ending ending;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final SettableTicker ticker;
  private final FanOutRun<Integer, Integer> run;

  // What the items saw.
  private final AtomicIntegerArray calls;
  private final AtomicReferenceArray<@Nullable Object> ends;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger begunInterrupted = new AtomicInteger();

  // What the owner saw.
  private final Map<Integer, Result<Integer>> told = new TreeMap<>();
  private int toldTwice;
  private @Nullable List<Result<Integer>> results;
  private volatile boolean over;

  ObservedFanOut(List<Act> acts, int parallelism, Settings settings, Ending ending) {
    this.acts = acts;
    this.parallelism = parallelism;
    this.settings = settings;
    this.ending = ending;
    this.calls = new AtomicIntegerArray(acts.size());
    this.ends = new AtomicReferenceArray<>(acts.size());
    this.ticker = new SettableTicker.Shifted(true);
    this.run =
        new FanOut(new DeadlineScopes(registry, Clock.systemUTC()))
            .over("test", IntStream.range(0, acts.size()).boxed().toList(), parallelism, this::map);
    configure();
  }

  private void configure() {
    if (settings.failFast()) {
      run.failFast();
    }
    if (settings.stopAtFailure()) {
      run.stopWhen(Result.Failed.class::isInstance);
    }
    if (settings.limit()) {
      run.limit(Duration.ofMillis(1));
    }
    if (settings.listen()) {
      run.onResult(
          (index, result) -> {
            if (told.put(index, result) != null) {
              toldTwice++;
            }
          });
    }
  }

  private Integer map(Integer i, Deadline deadline) throws Exception {
    calls.incrementAndGet(i);
    most.accumulateAndGet(running.incrementAndGet(), Math::max);
    if (Thread.currentThread().isInterrupted() && Subtask.cancellation().isEmpty()) {
      begunInterrupted.incrementAndGet();
    }
    try {
      int value = act(i);
      ends.set(i, value);
      return value;
    } catch (Exception e) {
      ends.set(i, e);
      throw e;
    } finally {
      running.decrementAndGet();
    }
  }

  private int act(int i) throws InterruptedException {
    return switch (acts.get(i)) {
      case RETURN -> i;
      case RETURN_INTERRUPTED -> {
        Thread.currentThread().interrupt();
        yield i;
      }
      case FAIL -> throw new IllegalStateException("failed " + i);
      case HANG -> Waiting.forInterrupt();
      case SWALLOW -> {
        try {
          yield Waiting.forInterrupt();
        } catch (InterruptedException e) {
          yield i;
        }
      }
      case UNTIDY -> {
        try {
          yield Waiting.forInterrupt();
        } catch (InterruptedException e) {
          throw new IllegalStateException("untidy " + i);
        }
      }
    };
  }

  /**
   * @param patience how often the one who brings the end lets others go first
   */
  void run(int patience) throws InterruptedException {
    Thread owner = Thread.currentThread();
    Deadline deadline = Deadline.after(LONG, ticker);
    Thread conductor = Thread.ofVirtual().start(() -> bringTheEnd(owner, patience));
    try {
      results = run.run(deadline);
    } catch (InterruptedException e) {
      assertThat(ending).isEqualTo(Ending.OWNER_INTERRUPTED);
    }
    over = true;
    awaitEndOf(conductor);
  }

  private void bringTheEnd(Thread owner, int patience) {
    for (int i = 0; i < patience && !over; i++) {
      Thread.yield();
    }
    switch (ending) {
      case NONE -> {}
      case DEADLINE -> ticker.advance(LONG);
      case OWNER_INTERRUPTED -> owner.interrupt();
    }
  }

  private static void awaitEndOf(Thread conductor) {
    while (conductor.isAlive()) {
      try {
        conductor.join();
      } catch (InterruptedException e) {
        // The conductor's own interrupt, which came when all was over.
      }
    }
    Thread.interrupted();
  }

  void check() {
    assertThat(running.get()).isZero();
    assertThat(most.get()).isLessThanOrEqualTo(parallelism);
    assertThat(begunInterrupted.get()).isZero();
    nothingIsLeft();
    if (settings.listen()) {
      assertThat(toldTwice).isZero();
      assertThat(told).hasSize(acts.size());
      if (results != null) {
        assertThat(List.copyOf(told.values())).isEqualTo(results);
      }
    }
    List<Result<Integer>> known = results == null ? List.copyOf(told.values()) : results;
    for (int i = 0; i < known.size(); i++) {
      agrees(i, known.get(i), known);
    }
    if (!known.isEmpty()) {
      theProgressSumsThemUp(known);
    }
  }

  private void nothingIsLeft() {
    for (String gauge : List.of("quittance.scope.live", "quittance.scope.subtasks.live")) {
      assertThat(registry.get(gauge).gauges()).extracting(Gauge::value).containsOnly(0.0);
    }
    assertThat(registry.get("quittance.scope.orphans").counters())
        .extracting(Counter::count)
        .containsOnly(0.0);
  }

  private void agrees(int i, Result<Integer> result, List<Result<Integer>> all) {
    if (!(result instanceof Result.Cut)) {
      assertThat(calls.get(i)).isEqualTo(result instanceof Result.NotBegun ? 0 : 1);
    }
    switch (result) {
      case Result.Done<Integer>(Integer value) -> assertThat(ends.get(i)).isEqualTo(value);
      case Result.Failed<Integer>(Throwable error) -> assertThat(ends.get(i)).isSameAs(error);
      case Result.Cut<Integer>(Cancellation why) -> {
        // On a thread of its own for its limit, an item may be cut at any point, the start
        // included.
        assertThat(acts.get(i).hangs() || settings.limit()).isTrue();
        assertThat(calls.get(i)).isBetween(settings.limit() ? 0 : 1, 1);
        fits(why, all);
      }
      case Result.NotBegun<Integer> _ ->
          assertThat(
                  ending != Ending.NONE
                      || ((settings.failFast() || settings.stopAtFailure())
                          && all.stream().anyMatch(this::isFailure)))
              .isTrue();
    }
  }

  private boolean isFailure(Result<Integer> result) {
    return result instanceof Result.Failed || result instanceof Result.Cut<Integer>(LimitPassed _);
  }

  private void fits(Cancellation why, List<Result<Integer>> all) {
    switch (why) {
      case DeadlinePassed _ -> assertThat(ending).isEqualTo(Ending.DEADLINE);
      case OwnerInterrupted _ -> assertThat(ending).isEqualTo(Ending.OWNER_INTERRUPTED);
      case LimitPassed _ -> assertThat(settings.limit()).isTrue();
      case SiblingFailed(String sibling, Throwable error) -> {
        assertThat(settings.failFast()).isTrue();
        Result<Integer> culprit = all.get(Integer.parseInt(sibling.substring("item ".length())));
        assertThat(isFailure(culprit)).isTrue();
        if (culprit instanceof Result.Failed<Integer>(Throwable cause)) {
          assertThat(error).isSameAs(cause);
        }
      }
      default -> throw new AssertionError(why);
    }
  }

  private void theProgressSumsThemUp(List<Result<Integer>> all) {
    FanOut.Progress progress = run.progress();
    assertThat(progress.total()).isEqualTo(acts.size());
    assertThat(progress.underWay()).isZero();
    assertThat(progress.done()).isEqualTo(count(all, Result.Done.class));
    assertThat(progress.failed()).isEqualTo(count(all, Result.Failed.class));
    assertThat(progress.cut()).isEqualTo(count(all, Result.Cut.class));
    assertThat(progress.notBegun()).isEqualTo(count(all, Result.NotBegun.class));
  }

  private static int count(List<Result<Integer>> all, Class<?> kind) {
    return (int) all.stream().filter(kind::isInstance).count();
  }
}
