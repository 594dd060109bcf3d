package io.quittance.idempotency;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.database.Clocks;
import io.quittance.web.Problem;
import java.time.Duration;
import java.util.Optional;

/** Answers repetitions of a request with the result of the first one. Thread-safe. */
final class Replays {

  private final KeyLookups lookups;
  private final Clocks clocks;
  private final Counter counter;

  Replays(KeyLookups lookups, Clocks clocks, MeterRegistry registry) {
    this.lookups = lookups;
    this.clocks = clocks;
    this.counter =
        Counter.builder("quittance.replays")
            .description("Repetitions that were answered with the result of the first request")
            .register(registry);
  }

  /**
   * The result under the key, or that the first request still runs.
   *
   * @throws Problem the stored refusal; 422 for another body; with an unknown outcome if the result
   *     cannot be read now
   */
  <A> Attempt<A> attempt(KeyedRequest request, KeyRecord holder, Replayable<A> work) {
    refuseOtherBody(request, holder.fingerprint());
    Optional<A> answer = holder.isWaiting() ? Optional.empty() : answer(request, holder, work);
    answer.ifPresent(_ -> counter.increment());
    return answer.isPresent()
        ? new Attempt.Answered<>(answer.get())
        : new Attempt.StillRunning<>(Duration.between(clocks.later(), holder.runsUntil()));
  }

  /** Empty while the first request runs. */
  private <A> Optional<A> answer(KeyedRequest request, KeyRecord holder, Replayable<A> work) {
    try {
      return work.replay(holder);
    } catch (Problem problem) {
      if (holder.refused().isPresent()) {
        counter.increment();
        throw problem.replayed();
      }
      throw problem.saysNothingHappened() ? unreadable(request, problem) : problem;
    }
  }

  /** The request was carried out, but its result cannot be shown now. */
  private Problem unreadable(KeyedRequest request, Problem problem) {
    return lookups.unknown(
        request, problem.code(), "The result of the first request could not be read");
  }

  /** Throws 422 if this request has another body than the one with this fingerprint. */
  static void refuseOtherBody(KeyedRequest request, String fingerprint) {
    if (!request.hasBodyOf(fingerprint)) {
      throw Problem.keyReused();
    }
  }
}
