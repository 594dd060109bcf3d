package io.quittance.webhook.courier;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Ticker;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Looks up hosts. Merchants take turns, and each uses a few threads at most, fewer while others use
 * theirs, so that slow name servers of some merchants do not delay the others. Thread-safe.
 *
 * <p>A look-up is a native call: it pins its carrier and cannot be interrupted. So it runs on
 * platform threads of its own, and callers stop waiting at their own deadlines. A merchant has one
 * look-up of a host at a time. Merchants do not share look-ups, because they would then wait for
 * each other's turns.
 */
final class HostLookups implements AutoCloseable {

  private static final int WORKERS = 32;
  private static final int WORKERS_PER_MERCHANT = 4;
  private static final int QUEUE_CAPACITY = 4096;

  /** A merchant has 16 endpoints at most, and hosts of earlier endpoints may still be queued. */
  private static final int QUEUED_PER_MERCHANT = 64;

  /** Longer than any caller waits; an answer that comes late serves the next attempt. */
  private static final Duration QUEUED_MAX = Duration.ofHours(1);

  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(1);

  /** How long callers that have a cached answer wait for a new one. */
  private static final Duration FALLBACK_AFTER = Duration.ofSeconds(1);

  private record Question(UUID merchantId, String host) {}

  /** A look-up that is queued, running or finished. Thread-safe. */
  static final class Lookup {

    private final Question question;
    private final Deadline fallbackDeadline;
    private final CompletableFuture<Boolean> begun = new CompletableFuture<>();
    private final CompletableFuture<KnownHost> answer = new CompletableFuture<>();

    private Lookup(Question question, Ticker clock) {
      this.question = question;
      this.fallbackDeadline = Deadline.after(FALLBACK_AFTER, clock);
    }

    /** Done when the look-up begins; failed if it never will. */
    Future<Boolean> begun() {
      return begun;
    }

    Future<KnownHost> answer() {
      return answer;
    }

    /** Deadline after which callers fall back to a cached answer. */
    Deadline fallbackDeadline() {
      return fallbackDeadline;
    }

    private void end(@Nullable KnownHost host, @Nullable Throwable failure) {
      if (failure == null) {
        answer.complete(host);
      } else {
        begun.completeExceptionally(failure);
        answer.completeExceptionally(failure);
      }
    }
  }

  private final Function<String, KnownHost> lookUp;
  private final Ticker clock;
  private final WorkerPool<Lookup, KnownHost> pool;
  private final ConcurrentMap<Question, Lookup> underWay = new ConcurrentHashMap<>();

  /**
   * @param lookUp finds a host's addresses
   */
  HostLookups(Function<String, KnownHost> lookUp, Ticker clock, MeterRegistry registry) {
    this.lookUp = lookUp;
    this.clock = clock;
    this.pool =
        WorkerPool.<Lookup, KnownHost>named("names", this::work)
            .inTurns(lookup -> lookup.question.merchantId())
            .perParty(WORKERS_PER_MERCHANT, QUEUED_PER_MERCHANT)
            .workers(WORKERS)
            .capacity(QUEUE_CAPACITY)
            .drainLimit(DRAIN_LIMIT)
            .start(registry);
  }

  private void work(List<Job<Lookup, KnownHost>> jobs) {
    for (Job<Lookup, KnownHost> job : jobs) {
      Lookup lookup = job.item();
      lookup.begun.complete(true);
      job.complete(() -> lookUp.apply(lookup.question.host()));
    }
  }

  /** The merchant's queued or running look-up of a host, or a new one. */
  Lookup of(UUID merchantId, String host) {
    var own = new Lookup(new Question(merchantId, host), clock);
    Lookup other = underWay.putIfAbsent(own.question, own);
    if (other != null) {
      return other;
    }
    try {
      var _ =
          pool.submit(own, Deadline.after(QUEUED_MAX))
              .whenComplete((found, failure) -> end(own, found, failure));
    } catch (RejectedExecutionException e) {
      end(own, null, e);
    }
    return own;
  }

  private void end(Lookup lookup, @Nullable KnownHost host, @Nullable Throwable failure) {
    underWay.remove(lookup.question, lookup);
    lookup.end(host, failure);
  }

  /** Waits a moment for look-ups under way, and leaves those that do not end to daemon threads. */
  @Override
  public void close() {
    pool.close();
  }
}
