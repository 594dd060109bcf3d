package io.quittance.webhook.courier;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Job;
import io.quittance.concurrency.Ticker;
import io.quittance.concurrency.WorkerPool;
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
 * Looks hosts up. Merchants take turns, and each has a few of the threads at most, so that a
 * merchant whose name servers are slow keeps no other waiting. Thread-safe.
 *
 * <p>A look-up is a native call: it pins its carrier and cannot be interrupted. So it runs on
 * platform threads of its own, and those who want its answer wait no longer than they can. A host
 * is looked up once at a time for a merchant. Merchants do not join each other's look-ups, since
 * they would wait for each other's turns.
 */
final class HostLookups implements AutoCloseable {

  private static final int WORKERS = 32;
  private static final int WORKERS_PER_MERCHANT = 4;
  private static final int QUEUE_CAPACITY = 4096;

  /** A merchant has 16 endpoints at most; hosts of those that it had before may wait as well. */
  private static final int QUEUED_PER_MERCHANT = 64;

  /** Longer than any caller waits; an answer that comes late serves the next attempt. */
  private static final Duration QUEUED_MAX = Duration.ofHours(1);

  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(1);

  /** How long an answer is waited for if the one before can stand in for it. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private record Question(UUID merchantId, String host) {}

  /** A look-up that waits for its turn, is under way, or has ended. Thread-safe. */
  static final class Lookup {

    private final Question question;
    private final Deadline patience;
    private final CompletableFuture<Boolean> begun = new CompletableFuture<>();
    private final CompletableFuture<KnownHost> answer = new CompletableFuture<>();

    private Lookup(Question question, Ticker clock) {
      this.question = question;
      this.patience = Deadline.after(PATIENCE, clock);
    }

    /** Done when the look-up begins; failed if it never will. */
    Future<Boolean> begun() {
      return begun;
    }

    Future<KnownHost> answer() {
      return answer;
    }

    /** By when those who have a stand-in for the answer use that. */
    Deadline patience() {
      return patience;
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

  /** The merchant's look-up of a host that waits or is under way, or else a new one. */
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
