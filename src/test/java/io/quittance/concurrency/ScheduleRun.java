package io.quittance.concurrency;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Schedule.Act;
import io.quittance.concurrency.Schedule.Ending;
import io.quittance.concurrency.ScopeReport.SubtaskState;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Carries a {@link Schedule} out. The calling thread owns the scope; a conductor lets the subtasks
 * go and brings the end. What came of it can be read once {@link #run()} has returned.
 */
final class ScheduleRun {

  /** What the work of a subtask saw of its own end. */
  sealed interface Seen {
    record Returned(String value) implements Seen {}

    record Threw(Exception error) implements Seen {}
  }

  private static final Duration LONG = Duration.ofHours(1);

  private final Schedule schedule;
  private final Random random;
  private final SettableTicker ticker;
  private final List<CountDownLatch> gates;
  private final CountDownLatch ownerCloses = new CountDownLatch(1);
  private final Thread owner = Thread.currentThread();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicReferenceArray<Subtask<String>> subtasks;
  private final AtomicReferenceArray<Seen> seen;
  private final AtomicReferenceArray<Cancellation> causes;
  private final AtomicReferenceArray<Cancellation> innerCauses;
  private final AtomicReferenceArray<Boolean> cleanedUp;
  private final DeadlineScopes scopes;
  private final Queue<Exception> thrownByRecoveries = new ConcurrentLinkedQueue<>();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  private volatile boolean over;
  private @Nullable Exception thrown;
  private List<Thread> survivors = List.of();
  private ScopeReport report;

  ScheduleRun(Schedule schedule) {
    this.schedule = schedule;
    this.random = new Random(~schedule.seed());
    this.ticker = new SettableTicker.Shifted(schedule.ending() == Ending.VIRTUAL_TIMER);
    int n = schedule.parts().size();
    subtasks = new AtomicReferenceArray<>(n);
    seen = new AtomicReferenceArray<>(n);
    causes = new AtomicReferenceArray<>(n);
    innerCauses = new AtomicReferenceArray<>(n);
    cleanedUp = new AtomicReferenceArray<>(n);
    scopes = new DeadlineScopes(registry, Clock.systemUTC());
    gates = IntStream.range(0, n).mapToObj(_ -> new CountDownLatch(1)).toList();
  }

  ScheduleRun run() throws InterruptedException {
    var budget = Duration.ofNanos(random.nextInt(1_500_000));
    var deadline =
        schedule.ending() == Ending.TIMER ? Deadline.after(budget) : Deadline.after(LONG, ticker);
    Thread conductor = Thread.ofVirtual().unstarted(this::conduct);
    DeadlineScope scope = scopes.open("test", deadline);
    try (scope) {
      if (schedule.early()) {
        conductor.start();
      }
      for (int i = 0; i < gates.size(); i++) {
        subtasks.set(i, fork(scope, i));
      }
      if (!schedule.early()) {
        conductor.start();
      }
      if (schedule.ending() == Ending.OWNER_CLOSES) {
        Waiting.forLatch(ownerCloses);
      } else {
        scope.join();
      }
    } catch (InterruptedException | RuntimeException e) {
      thrown = e;
    }
    survivors = threads.stream().filter(Thread::isAlive).toList();
    over = true;
    report = scope.report();
    awaitEndOf(conductor);
    return this;
  }

  private Subtask<String> fork(DeadlineScope scope, int i) {
    String name = "subtask-" + i;
    Act act = schedule.act(i);
    if (act == Act.DECIDE) {
      return scope.fork(name, left -> work(i, left), result -> result.equals("done " + i));
    }
    if (!schedule.parts().get(i).limited() && !(act == Act.MEND || act == Act.FAIL_TWICE)) {
      return scope.fork(name, left -> work(i, left));
    }
    Duration limit = LONG;
    if (act == Act.LIMIT) {
      limit = Duration.ofNanos(random.nextInt(300_000));
    } else if (schedule.parts().get(i).limited()) {
      limit = LONG.dividedBy(2);
    }
    return scope.fork(name, limit, left -> work(i, left), failure -> recover(i, failure));
  }

  private String work(int i, Deadline deadline) throws Exception {
    threads.add(Thread.currentThread());
    try {
      String value = act(i, deadline);
      seen.set(i, new Seen.Returned(value));
      return value;
    } catch (InterruptedException e) {
      Subtask.cancellation().ifPresent(why -> causes.set(i, why));
      seen.set(i, new Seen.Threw(e));
      throw e;
    } catch (RuntimeException e) {
      seen.set(i, new Seen.Threw(e));
      throw e;
    }
  }

  private String act(int i, Deadline deadline) throws Exception {
    return switch (schedule.act(i)) {
      case SUCCEED, DECIDE -> {
        Waiting.forLatch(gates.get(i));
        yield "done " + i;
      }
      case STUBBORN -> {
        Waiting.forLatchIgnoringInterrupts(gates.get(i));
        yield "done " + i;
      }
      case FAIL, FAIL_TWICE, MEND -> {
        Waiting.forLatch(gates.get(i));
        throw new IllegalStateException("failed " + i);
      }
      case LIMIT, HANG -> Waiting.forInterrupt();
      case UNTIDY -> {
        try {
          yield Waiting.forInterrupt();
        } catch (InterruptedException e) {
          throw new IllegalStateException("untidy " + i);
        }
      }
      case CLEAN_UP -> {
        try {
          yield Waiting.forInterrupt();
        } catch (InterruptedException e) {
          cleanedUp.set(i, Shield.call("clean-up", LONG, _ -> cleanUp()));
          throw e;
        }
      }
      case NEST -> {
        try (DeadlineScope inner = scopes.open("inner", deadline)) {
          inner.fork("innermost", _ -> hangInside(i));
          inner.join();
          throw new AssertionError("unreachable");
        }
      }
    };
  }

  /** Gives a second interrupt, and the close of the scope, the time to come in between. */
  private boolean cleanUp() throws InterruptedException {
    threads.add(Thread.currentThread());
    for (int n = 0; n < 3; n++) {
      Thread.sleep(Duration.ofNanos(10_000));
    }
    return true;
  }

  private String hangInside(int i) throws InterruptedException {
    threads.add(Thread.currentThread());
    try {
      return Waiting.forInterrupt();
    } catch (InterruptedException e) {
      innerCauses.set(i, Subtask.cancellation().orElseThrow());
      throw e;
    }
  }

  private String recover(int i, Throwable failure) throws Exception {
    return switch (schedule.act(i)) {
      case MEND, LIMIT -> "mended " + i;
      case FAIL_TWICE -> {
        var again = new IllegalStateException("failed " + i + " again", failure);
        thrownByRecoveries.add(again);
        throw again;
      }
      default -> throw (Exception) failure;
    };
  }

  private void conduct() {
    try {
      for (int i : schedule.letGoBeforeTheEnding()) {
        letGo(i);
      }
      bringTheEnd();
      for (int i : schedule.letGo().subList(schedule.endAfter(), schedule.letGo().size())) {
        letGo(i);
      }
    } finally {
      for (int i = 0; i < gates.size(); i++) {
        if (schedule.act(i) == Act.STUBBORN) {
          gates.get(i).countDown();
        }
      }
    }
  }

  private void letGo(int i) {
    gates.get(i).countDown();
    if (schedule.stepwise()) {
      Waiting.until(() -> over || hasEnded(subtasks.get(i)));
    }
  }

  private static boolean hasEnded(@Nullable Subtask<?> subtask) {
    return subtask != null && subtask.state() != SubtaskState.RUNNING;
  }

  private void bringTheEnd() {
    switch (schedule.ending()) {
      case SUBTASKS, TIMER -> {}
      case CLOCK, VIRTUAL_TIMER -> ticker.advance(LONG);
      case OWNER_INTERRUPTED -> owner.interrupt();
      case OWNER_CLOSES -> ownerCloses.countDown();
    }
  }

  private static void awaitEndOf(Thread conductor) {
    while (conductor.isAlive()) {
      try {
        conductor.join();
      } catch (InterruptedException e) {
        // The conductor's own interrupt, which came after the scope had ended.
      }
    }
    Thread.interrupted();
  }

  Schedule schedule() {
    return schedule;
  }

  SimpleMeterRegistry registry() {
    return registry;
  }

  /** What the scope threw at its owner. */
  @Nullable Exception thrown() {
    return thrown;
  }

  /** Threads that still lived when the scope had closed. */
  List<Thread> survivors() {
    return survivors;
  }

  ScopeReport report() {
    return report;
  }

  Subtask<String> subtask(int i) {
    return subtasks.get(i);
  }

  /** Nothing when its work never began. */
  @Nullable Seen seen(int i) {
    return seen.get(i);
  }

  /** What a subtask that was interrupted was told about it. */
  @Nullable Cancellation cause(int i) {
    return causes.get(i);
  }

  /** What the subtask of its scope was told, if it opened one. */
  @Nullable Cancellation innerCause(int i) {
    return innerCauses.get(i);
  }

  boolean cleanedUp(int i) {
    return Boolean.TRUE.equals(cleanedUp.get(i));
  }

  Queue<Exception> thrownByRecoveries() {
    return thrownByRecoveries;
  }
}
