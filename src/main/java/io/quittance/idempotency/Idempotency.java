package io.quittance.idempotency;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.database.Clocks;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Runs a request at most once per key, and answers every repetition with its result. The key's
 * record is written by the request's own transaction ({@link IdempotencyKeys}). Thread-safe.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/">The
 *     Idempotency-Key header field (IETF draft)</a>
 */
@Component
public final class Idempotency {

  private static final Duration POLL_INTERVAL = Duration.ofMillis(25);

  /** When a key is looked up. */
  public enum LookupTiming {

    /** Before the request runs and afterwards: for requests that must not even be tried twice. */
    BEFORE,

    /**
     * Only afterwards, if the journal has not reported whether the key was free; its transaction
     * reads that anyway. Saves each new request a query, and costs a repetition a turn in the
     * journal.
     */
    AFTERWARDS
  }

  /** What the journal has reported about a request's key. */
  public enum KeyOutcome {

    /** The key was free, so the request's result is stored under it. */
    DECIDED,

    /** Nothing, because the request was not started. */
    NOT_ASKED,

    /** Nothing yet: it is not known whether the request was carried out. */
    UNKNOWN
  }

  /**
   * The result of running a request.
   *
   * @param answer the answer to its caller, unless another request holds the key
   * @param objectId the id of the object that the request makes
   */
  public record RunResult<A>(A answer, KeyOutcome outcome, @Nullable UUID objectId) {}

  private final RunningRequests running;
  private final KeyLookups lookups;
  private final Fingerprints fingerprints;
  private final Replays replays;

  Idempotency(
      RunningRequests running,
      KeyLookups lookups,
      ObjectMapper json,
      Clocks clocks,
      MeterRegistry registry) {
    this.running = running;
    this.lookups = lookups;
    this.fingerprints = new Fingerprints(json);
    this.replays = new Replays(lookups, clocks, registry);
  }

  /**
   * A request with its fingerprint.
   *
   * @param operation as in {@link KeyedRequest}
   * @param body the parsed JSON body; fields that were not sent are null
   */
  public KeyedRequest request(UUID merchantId, String operation, String key, Object body) {
    var id = new KeyedRequest.Id(merchantId, operation, key);
    return new KeyedRequest(
        merchantId,
        operation,
        key,
        fingerprints.of(body),
        () -> fingerprints.former(body),
        () -> running.blocked(id));
  }

  /**
   * Runs the request, or replays its result.
   *
   * @param deadline limits the first look-up, and tells others how long the request may run
   * @param wait how long to join the same request if it still runs (RFC 7240, Prefer: wait)
   * @throws Problem 422 for another body under the same key; with an unknown outcome 409 while the
   *     first request runs, and 503 or 504 when the key could not be looked up
   */
  public <A> A run(KeyedRequest request, Deadline deadline, Duration wait, Replayable<A> work) {
    var patience = Deadline.after(wait);
    try {
      for (boolean again = false; ; again = true) {
        LookupTiming when = again ? LookupTiming.BEFORE : work.lookupTiming();
        // This request's deadline may have passed while it waited, so this look-up has a limit of
        // its own.
        Deadline lookLimit = again ? KeyLookups.lateLimit(patience) : deadline;
        switch (attempt(request, deadline, when, lookLimit, work)) {
          case Attempt.Answered<A>(A answer) -> {
            return answer;
          }
          case Attempt.StillRunning<A>(Duration left) when patience.expired() ->
              throw lookups.inProgress(request, left);
          case Attempt.StillRunning<A> _ -> Thread.sleep(POLL_INTERVAL);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw lookups.unknown(request, ProblemCode.DEPENDENCY_UNAVAILABLE, "The service is stopping");
    }
  }

  private <A> Attempt<A> attempt(
      KeyedRequest request,
      Deadline deadline,
      LookupTiming look,
      Deadline lookLimit,
      Replayable<A> work)
      throws InterruptedException {
    var mine = new RunningRequest(request, deadline);
    RunningRequest other = running.begin(mine);
    if (other != null) {
      Replays.refuseOtherBody(request, other.request().fingerprint());
      return new Attempt.StillRunning<>(other.deadline().remaining());
    }
    try {
      if (look == LookupTiming.BEFORE) {
        Optional<KeyRecord> holder = lookups.find(request, lookLimit);
        if (holder.isPresent()) {
          return replays.attempt(request, holder.get(), work);
        }
      }
      return runFirst(mine, work);
    } catch (KeyTakenException taken) {
      return replays.attempt(request, taken.record(), work);
    } finally {
      running.end(mine);
    }
  }

  /**
   * Runs the request. Before the caller is told that nothing happened, the key is looked up once
   * more.
   */
  private <A> Attempt<A> runFirst(RunningRequest mine, Replayable<A> work)
      throws InterruptedException {
    KeyedRequest request = mine.request();
    RunResult<A> ran;
    try {
      ran = work.run();
    } catch (Problem failure) {
      if (failure.isUnknown()) {
        mine.leaveInDoubt();
      }
      Optional<KeyRecord> holder =
          failure.saysNothingHappened()
              ? lookups.findLate(request, mine.deadline())
              : Optional.empty();
      if (holder.isEmpty()) {
        throw failure;
      }
      return replays.attempt(request, holder.get(), work);
    }
    if (ran.outcome() == KeyOutcome.UNKNOWN) {
      mine.leaveInDoubt();
    }
    return unlessAnotherHoldsTheKey(mine, ran, work);
  }

  /**
   * The answer, unless another request holds the key. If the outcome is unknown, the answer also
   * stands if the key cannot be looked up: the journal has the request, and its result is known
   * later.
   */
  private <A> Attempt<A> unlessAnotherHoldsTheKey(
      RunningRequest mine, RunResult<A> ran, Replayable<A> work) throws InterruptedException {
    KeyedRequest request = mine.request();
    Optional<KeyRecord> holder =
        switch (ran.outcome()) {
          case DECIDED -> Optional.empty();
          case NOT_ASKED -> lookups.findLate(request, mine.deadline());
          case UNKNOWN ->
              lookups
                  .findLateIfPossible(request, mine.deadline())
                  .filter(Predicate.not(KeyRecord::isWaiting));
        };
    boolean another =
        holder.isPresent()
            && (ran.outcome() == KeyOutcome.NOT_ASKED
                || !Objects.equals(holder.get().objectId(), ran.objectId()));
    return another
        ? replays.attempt(request, holder.get(), work)
        : new Attempt.Answered<>(ran.answer());
  }
}
