package io.quittance.concurrency.pool;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** Drives a small pool with random actions, next to a model of it that has no threads. */
class WorkerPoolPropertiesTest {

  /** What is done to the pool. */
  sealed interface Action {
    record Submit(int patience_s) implements Action {}

    record SubmitAll(int jobs, int patience_s) implements Action {}

    record Cancel(int which) implements Action {}

    record PassTime(int seconds) implements Action {}

    record LetGo(int which, boolean broken) implements Action {}

    record Resize(int workers) implements Action {}
  }

  @Provide
  Arbitrary<List<Action>> actions() {
    Arbitrary<Action> resize = Arbitraries.integers().between(1, 4).map(Action.Resize::new);
    return Arbitraries.frequencyOf(Tuple.of(1, resize), Tuple.of(15, actionOnFixedWorkers()))
        .list()
        .ofMaxSize(60);
  }

  @Provide
  Arbitrary<List<Action>> actionsOnFixedWorkers() {
    return actionOnFixedWorkers().list().ofMaxSize(60);
  }

  private static Arbitrary<Action> actionOnFixedWorkers() {
    Arbitrary<Integer> index = Arbitraries.integers().between(0, 50);
    Arbitrary<Integer> few = Arbitraries.integers().between(1, 4);
    Arbitrary<Boolean> broken = Arbitraries.of(true, false);
    return Arbitraries.frequencyOf(
        Tuple.of(10, Arbitraries.integers().between(1, 9).map(Action.Submit::new)),
        Tuple.of(2, Combinators.combine(few, few).as(Action.SubmitAll::new)),
        Tuple.of(2, index.map(Action.Cancel::new)),
        Tuple.of(2, Arbitraries.integers().between(1, 3).map(Action.PassTime::new)),
        Tuple.of(6, Combinators.combine(index, broken).as(Action.LetGo::new)));
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void behavesLikeTheModelUntilItHasDrained(
      @ForAll @IntRange(min = 1, max = 3) int workers,
      @ForAll @IntRange(min = 1, max = 4) int capacity,
      @ForAll @IntRange(min = 1, max = 3) int maxBatch,
      @ForAll("actions") List<Action> actions) {
    var run = new ModelledPool(workers, capacity, maxBatch, Duration.ofMinutes(1));
    actions.forEach(run::apply);
    run.drain();
    run.checkTheEnd();
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void behavesLikeTheModelUntilItGivesUpDraining(
      @ForAll @IntRange(min = 1, max = 3) int workers,
      @ForAll @IntRange(min = 1, max = 4) int capacity,
      @ForAll @IntRange(min = 1, max = 3) int maxBatch,
      @ForAll("actions") List<Action> actions) {
    var run = new ModelledPool(workers, capacity, maxBatch, Duration.ZERO);
    actions.forEach(run::apply);
    run.giveUp();
    run.checkTheEnd();
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void startsJobsInTheOrderOfSubmissionWithOneWorker(
      @ForAll @IntRange(min = 1, max = 4) int capacity,
      @ForAll @IntRange(min = 1, max = 3) int maxBatch,
      @ForAll("actionsOnFixedWorkers") List<Action> actions) {
    var run = new ModelledPool(1, capacity, maxBatch, Duration.ofMinutes(1));
    actions.forEach(run::apply);
    run.drain();
    run.checkTheOrderOfStarts();
  }
}
