package io.quittance.concurrency;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A plan for one scope, drawn from a seed: what each subtask does, in which order they are let go,
 * and when and how the scope is brought to its end.
 *
 * @param parts what each subtask does
 * @param order the subtasks that are let go, in this order
 * @param ending what ends the scope
 * @param endAfter how many are let go before that
 * @param stepwise whether each one has ended before the next is let go
 * @param early whether letting go begins before all are forked; never stepwise then, for what is
 *     forked after a failure does not begin
 */
record Schedule(
    long seed,
    List<Part> parts,
    List<Integer> order,
    Ending ending,
    int endAfter,
    boolean stepwise,
    boolean early) {

  /** One subtask; one with a limit of its own runs on a second thread. */
  record Part(Act act, boolean limited) {}

  enum Act {
    /** Returns once it is let go. */
    SUCCEED,
    /** As {@link #SUCCEED}, but does not listen to interrupts; is let go in the end in any case. */
    STUBBORN,
    /** As {@link #SUCCEED}, and its result decides the scope. */
    DECIDE,
    /** Throws once it is let go. */
    FAIL,
    /** As {@link #FAIL}, and its recovery throws something else. */
    FAIL_TWICE,
    /** As {@link #FAIL}, and its recovery returns. */
    MEND,
    /** Hangs until a limit of its own, and its recovery returns. */
    LIMIT,
    /** Hangs. */
    HANG,
    /** Hangs, and answers the interrupt with an error of its own. */
    UNTIDY,
    /** Hangs, and cleans up behind a shield when it is interrupted. */
    CLEAN_UP,
    /** Opens a scope, and waits for a subtask of it that hangs. */
    NEST;

    boolean hangs() {
      return this == HANG || this == UNTIDY || this == CLEAN_UP || this == NEST;
    }

    boolean fails() {
      return this == FAIL || this == FAIL_TWICE;
    }

    boolean succeeds() {
      return this == SUCCEED || this == STUBBORN || this == DECIDE;
    }

    boolean isLetGo() {
      return succeeds() || fails() || this == MEND;
    }
  }

  enum Ending {
    /** Nothing but what the subtasks do. */
    SUBTASKS,
    /** The deadline passes and interrupts. */
    TIMER,
    /** The deadline passes on the clock only; the first failure afterwards is late. */
    CLOCK,
    /** The deadline passes on a clock that is not the machine's, and interrupts. */
    VIRTUAL_TIMER,
    OWNER_INTERRUPTED,
    OWNER_CLOSES;

    /** Whether it ends the scope by itself; nothing is let go after it. */
    boolean isFinal() {
      return this != SUBTASKS && this != CLOCK;
    }
  }

  static Schedule draw(long seed) {
    var random = new Random(seed);
    var parts = new ArrayList<Part>();
    var order = new ArrayList<Integer>();
    int subtasks = 1 + random.nextInt(8);
    for (int i = 0; i < subtasks; i++) {
      Act act = Act.values()[random.nextInt(Act.values().length)];
      parts.add(new Part(act, act == Act.LIMIT || random.nextBoolean()));
      if (act.isLetGo()) {
        order.add(i);
      }
    }
    Collections.shuffle(order, random);
    Ending ending = drawEnding(random, parts);
    int endAfter = random.nextInt(order.size() + 1);
    boolean early = ending == Ending.TIMER || (ending != Ending.CLOCK && random.nextInt(3) == 0);
    boolean stepwise = !early && random.nextBoolean();
    return new Schedule(seed, parts, order, ending, endAfter, stepwise, early);
  }

  private static Ending drawEnding(Random random, List<Part> parts) {
    boolean ends = parts.stream().anyMatch(part -> part.act().fails() || part.act() == Act.DECIDE);
    boolean hangs = parts.stream().anyMatch(part -> part.act().hangs());
    List<Ending> fitting =
        List.of(Ending.values()).stream()
            .filter(ending -> ends || !hangs || ending.isFinal())
            .toList();
    return fitting.get(random.nextInt(fitting.size()));
  }

  Act act(int i) {
    return parts.get(i).act();
  }

  List<Integer> letGoBeforeTheEnding() {
    return order.subList(0, endAfter);
  }

  List<Integer> letGo() {
    return ending.isFinal() ? letGoBeforeTheEnding() : order;
  }

  /** Whether a failure is among these. */
  boolean anyFails(List<Integer> some) {
    return some.stream().anyMatch(i -> act(i).fails());
  }

  /** Whether a decisive result is let go. */
  boolean decides() {
    return letGo().stream().anyMatch(i -> act(i) == Act.DECIDE);
  }

  /** Whether a subtask is left that only a cancellation ends. */
  boolean leavesOneHanging() {
    for (int i = 0; i < parts.size(); i++) {
      boolean endsByItself = act(i) == Act.LIMIT || act(i) == Act.STUBBORN;
      if (!endsByItself && !letGo().contains(i)) {
        return true;
      }
    }
    return false;
  }

  /** Those that end well whatever the threads do: before anything else ends the scope. */
  List<Integer> surelySucceed() {
    if (!stepwise) {
      return List.of();
    }
    return (ending == Ending.SUBTASKS ? order : letGoBeforeTheEnding())
        .stream()
            .takeWhile(i -> !act(i).fails() && act(i) != Act.DECIDE)
            .filter(i -> act(i).succeeds())
            .toList();
  }
}
