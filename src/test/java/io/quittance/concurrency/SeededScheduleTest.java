package io.quittance.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.quittance.concurrency.Cancellation.DeadlinePassed;
import io.quittance.concurrency.Cancellation.LimitPassed;
import io.quittance.concurrency.Cancellation.OwnerInterrupted;
import io.quittance.concurrency.Cancellation.SiblingDecided;
import io.quittance.concurrency.Cancellation.SiblingFailed;
import io.quittance.concurrency.Schedule.Act;
import io.quittance.concurrency.Schedule.Ending;
import io.quittance.concurrency.ScheduleRun.Seen;
import io.quittance.concurrency.ScopeReport.SubtaskState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs scopes under many schedules and checks what must hold under each. A failure names the seed
 * of its schedule; {@code -Dschedule.seed=…} runs that one alone, {@code -Dschedule.count=…} says
 * how often.
 */
@Timeout(120)
class SeededScheduleTest {

  private static final int SCHEDULES = Integer.getInteger("schedule.count", 2_000);

  @Test
  void everyScheduleEndsEverySubtaskAndLosesNoErrorAndNoResult() throws Exception {
    Long replayed = Long.getLong("schedule.seed");
    var seeds = new SplittableRandom();
    for (int i = 0; i < SCHEDULES; i++) {
      var schedule = Schedule.draw(replayed == null ? seeds.nextLong() : replayed);
      try {
        check(new ScheduleRun(schedule).run());
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "replay with -Dschedule.seed=%d (%s)".formatted(schedule.seed(), schedule), e);
      }
    }
  }

  private static void check(ScheduleRun run) {
    nothingIsLeft(run);
    for (int i = 0; i < run.schedule().parts().size(); i++) {
      theRecordAgreesWithTheWork(run, i);
      theInterruptedKnowWhy(run, i);
    }
    theEndingFitsTheSchedule(run);
    for (int i : run.schedule().surelySucceed()) {
      assertThat(run.subtask(i).result()).isEqualTo("done " + i);
    }
    switch (run.thrown()) {
      case ScopeFailedException failed -> {
        theFirstFailureIsOneOfTheSchedule(run, failed);
        everyErrorIsReported(run, failed);
      }
      case DeadlineExceededException exceeded -> everyErrorIsReported(run, exceeded);
      case null, default -> {}
    }
  }

  private static void nothingIsLeft(ScheduleRun run) {
    int forked = run.schedule().parts().size();
    assertThat(run.survivors()).isEmpty();
    assertThat(run.report().forked()).isEqualTo(forked);
    assertThat(run.report().joined()).isEqualTo(forked);
    assertThat(run.report().survivors()).isZero();
    for (String gauge : List.of("quittance.scope.live", "quittance.scope.subtasks.live")) {
      assertThat(run.registry().get(gauge).gauges()).extracting(Gauge::value).containsOnly(0.0);
    }
    assertThat(run.registry().get("quittance.scope.orphans").counters())
        .extracting(Counter::count)
        .containsOnly(0.0);
    assertThat(
            run.registry().get("quittance.scope.subtasks").tag("scope", "test").counters().stream()
                .mapToDouble(Counter::count)
                .sum())
        .isEqualTo(forked);
  }

  private static void theRecordAgreesWithTheWork(ScheduleRun run, int i) {
    Subtask<String> subtask = run.subtask(i);
    switch (run.seen(i)) {
      case Seen.Returned(String value) -> {
        assertThat(subtask.state()).isEqualTo(SubtaskState.OK);
        assertThat(subtask.value()).contains(value);
        assertThat(subtask.error()).isEmpty();
      }
      case Seen.Threw(InterruptedException e) -> {
        assertThat(subtask.state()).isIn(SubtaskState.CANCELED, SubtaskState.TIMED_OUT);
        assertThat(subtask.error()).isPresent();
      }
      case Seen.Threw(Exception e) -> {
        assertThat(subtask.state()).isNotIn(SubtaskState.OK, SubtaskState.RUNNING);
        assertThat(reachableFrom(subtask.error().orElseThrow())).contains(e);
      }
      case null -> assertThat(subtask.state()).isIn(SubtaskState.CANCELED, SubtaskState.TIMED_OUT);
    }
    if (subtask.state() != SubtaskState.OK && subtask.value().isPresent()) {
      assertThat(run.schedule().act(i)).isIn(Act.MEND, Act.LIMIT);
      assertThat(subtask.result()).isEqualTo("mended " + i);
    }
  }

  private static void theInterruptedKnowWhy(ScheduleRun run, int i) {
    if (!(run.seen(i) instanceof Seen.Threw(InterruptedException _))) {
      return;
    }
    Cancellation why = run.cause(i);
    assertThat(why).isNotNull();
    if (!(why instanceof LimitPassed)) {
      switch (run.thrown()) {
        case ScopeFailedException failed ->
            assertThat(why).isEqualTo(new SiblingFailed(failed.subtask(), failed.first()));
        case DeadlineExceededException _ -> assertThat(why).isEqualTo(new DeadlinePassed());
        // Another cause may have come first, when the owner had not yet seen it.
        case InterruptedException _ ->
            assertThat(why)
                .isInstanceOfAny(OwnerInterrupted.class, SiblingDecided.class, SiblingFailed.class);
        case null ->
            assertThat(why).isNotInstanceOfAny(DeadlinePassed.class, OwnerInterrupted.class);
        default -> throw new AssertionError(run.thrown());
      }
    }
    if (run.schedule().act(i) == Act.CLEAN_UP) {
      assertThat(run.cleanedUp(i)).isTrue();
    }
    if (run.innerCause(i) != null) {
      // Its scope has the same deadline, which may pass in it first.
      assertThat(run.innerCause(i)).isIn(why, new DeadlinePassed());
      assertThat(run.report().entries().get(i).nested())
          .singleElement()
          .extracting(ScopeReport::parent)
          .isEqualTo(new ScopeReport.Parent("test", "subtask-" + i));
    }
  }

  private static void theEndingFitsTheSchedule(ScheduleRun run) {
    Schedule schedule = run.schedule();
    List<Class<?>> possible = new ArrayList<>();
    boolean fails = schedule.anyFails(schedule.letGo());
    switch (schedule.ending()) {
      case SUBTASKS -> possible.add(fails ? ScopeFailedException.class : null);
      case TIMER, VIRTUAL_TIMER -> {
        possible.add(DeadlineExceededException.class);
        possible.add(fails ? ScopeFailedException.class : null);
      }
      case CLOCK -> {
        possible.add(DeadlineExceededException.class);
        if (schedule.anyFails(schedule.letGoBeforeTheEnding())) {
          possible.add(ScopeFailedException.class);
        }
        if (!fails) {
          possible.add(null);
        }
      }
      case OWNER_INTERRUPTED -> {
        possible.add(InterruptedException.class);
        possible.add(fails ? ScopeFailedException.class : null);
      }
      case OWNER_CLOSES -> possible.add(null);
    }
    if (schedule.decides()) {
      possible.add(null);
    }
    assertThat(run.thrown() == null ? null : run.thrown().getClass()).isIn(possible);
    if (run.thrown() == null && schedule.ending() != Ending.OWNER_CLOSES && !schedule.decides()) {
      assertThat(fails || schedule.leavesOneHanging()).isFalse();
      assertThat(IntStream.range(0, schedule.parts().size()).mapToObj(run::subtask))
          .allSatisfy(subtask -> assertThat(subtask.value()).isPresent());
    }
  }

  private static void theFirstFailureIsOneOfTheSchedule(
      ScheduleRun run, ScopeFailedException failed) {
    Schedule schedule = run.schedule();
    List<Integer> candidates =
        schedule.letGo().stream().filter(i -> schedule.act(i).fails()).toList();
    assertThat(candidates).extracting(i -> "subtask-" + i).contains(failed.subtask());
    int culprit = Integer.parseInt(failed.subtask().substring("subtask-".length()));
    String again = schedule.act(culprit) == Act.FAIL_TWICE ? " again" : "";
    assertThat(failed.first()).hasMessage("failed " + culprit + again);
    assertThat(failed.getSuppressed()).doesNotContain(failed.first()).doesNotHaveDuplicates();
  }

  private static void everyErrorIsReported(ScheduleRun run, Exception report) {
    Set<Throwable> reported = reachableFrom(report);
    assertThat(reported).containsAll(run.thrownByRecoveries());
    for (int i = 0; i < run.schedule().parts().size(); i++) {
      run.subtask(i).error().ifPresent(error -> assertThat(reported).contains(error));
      boolean cutOnASecondThread = run.schedule().parts().get(i).limited();
      if (run.seen(i) instanceof Seen.Threw(Exception e)
          && !(cutOnASecondThread && e instanceof InterruptedException)) {
        assertThat(reported).contains(e);
      }
    }
  }

  private static Set<Throwable> reachableFrom(Throwable root) {
    Set<Throwable> found = Collections.newSetFromMap(new IdentityHashMap<>());
    var open = new ArrayList<>(List.of(root));
    while (!open.isEmpty()) {
      Throwable next = open.removeLast();
      if (found.add(next)) {
        Collections.addAll(open, next.getSuppressed());
        if (next.getCause() != null) {
          open.add(next.getCause());
        }
      }
    }
    return found;
  }
}
