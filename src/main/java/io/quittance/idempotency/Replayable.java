package io.quittance.idempotency;

import io.quittance.idempotency.Idempotency.KeyOutcome;
import io.quittance.idempotency.Idempotency.LookupTiming;
import io.quittance.idempotency.Idempotency.RunResult;
import io.quittance.web.Problem;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a request under an idempotency key does: it runs once, and its answer can be given again.
 *
 * @param <A> the answer
 */
public interface Replayable<A> {

  /** When its key is looked up. */
  default LookupTiming lookupTiming() {
    return LookupTiming.BEFORE;
  }

  /**
   * Runs the request, stores its final result under the key, and says what the journal has reported
   * about the key.
   *
   * @throws KeyTakenException another request holds the key
   * @throws Problem its outcome says whether anything happened
   */
  RunResult<A> run();

  /**
   * The answer to a repetition; empty while the request that holds the key is still running.
   *
   * @throws Problem the refusal that is stored under the key, or what prevents reading the result
   */
  Optional<A> replay(KeyRecord holder);

  /**
   * A request whose {@code run} either decides the key or throws.
   *
   * @param run as {@link #run}
   * @param replay as {@link #replay}
   */
  static <A> Replayable<A> of(Supplier<A> run, Function<KeyRecord, Optional<A>> replay) {
    return new Replayable<>() {
      @Override
      public RunResult<A> run() {
        return new RunResult<>(run.get(), KeyOutcome.DECIDED, null);
      }

      @Override
      public Optional<A> replay(KeyRecord holder) {
        return replay.apply(holder);
      }
    };
  }
}
