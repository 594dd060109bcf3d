package io.quittance.concurrency;

import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Runs random items under random settings and endings, and checks what must hold of each run. */
class FanOutPropertiesTest {

  /** What the work of one item does. */
  enum Act {
    RETURN,
    /** Returns, and leaves its thread interrupted. */
    RETURN_INTERRUPTED,
    FAIL,
    /** Hangs until it is interrupted. */
    HANG,
    /** Hangs, and returns when it is interrupted. */
    SWALLOW,
    /** Hangs, and answers the interrupt with an error of its own. */
    UNTIDY;

    boolean hangs() {
      return this == HANG || this == SWALLOW || this == UNTIDY;
    }
  }

  /** What ends the run before its items are done, if anything does. */
  enum Ending {
    NONE,
    DEADLINE,
    OWNER_INTERRUPTED
  }

  /** What a run is told to do. */
  record Settings(boolean failFast, boolean stopAtFailure, boolean limit, boolean listen) {}

  @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
  void everyItemHasOneFateAndTheOwnerIsToldOfItOnce(
      @ForAll @Size(max = 12) List<Act> acts,
      @ForAll @IntRange(min = 1, max = 4) int parallelism,
      @ForAll boolean failFast,
      @ForAll boolean stopAtFailure,
      @ForAll boolean limit,
      @ForAll boolean listen,
      @ForAll Ending ending,
      @ForAll @IntRange(min = 0, max = 40) int patience)
      throws Exception {
    boolean hangs = acts.stream().anyMatch(Act::hangs) && !limit;
    var run =
        new ObservedFanOut(
            acts,
            parallelism,
            new Settings(failFast, stopAtFailure, limit, listen),
            hangs && ending == Ending.NONE ? Ending.DEADLINE : ending);
    run.run(patience);
    run.check();
  }
}
