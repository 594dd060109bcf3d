package io.quittance.webhook.dispatch;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.WorkerPool;
import io.quittance.concurrency.WorkerPool.Job;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets senders take turns at the lanes. A lane has its turn back whatever becomes of it: its
 * parcels ran out, its errand failed, or the turn was never begun. Thread-safe.
 */
final class Turns implements AutoCloseable {

  /** What a sender does with each parcel. */
  @FunctionalInterface
  interface Errand {
    void run(Parcel parcel) throws InterruptedException;
  }

  private static final Logger log = LoggerFactory.getLogger(Turns.class);
  private static final int TURNS_MAX = 4096;
  private static final Duration PATIENCE = Duration.ofHours(1);

  private final Errand errand;
  private final WorkerPool<Lane, Boolean> senders;

  Turns(Errand errand, int workers, Duration drainLimit, MeterRegistry registry) {
    this.errand = errand;
    this.senders =
        WorkerPool.<Lane, Boolean>named("deliveries", this::take)
            .workers(workers)
            .capacity(TURNS_MAX)
            .drainLimit(drainLimit)
            .virtualThreads()
            .start(registry);
  }

  /** Puts a parcel into its lane; waits only if very many turns wait for a sender. */
  void offer(Parcel parcel) throws InterruptedException {
    if (parcel.lane().offer(parcel)) {
      boolean given = false;
      try {
        giveBackIfItFails(
            parcel.lane(), senders.submitWhenRoom(parcel.lane(), Deadline.after(PATIENCE)));
        given = true;
      } finally {
        if (!given) {
          parcel.lane().giveBack();
        }
      }
    }
  }

  private static void giveBackIfItFails(Lane lane, CompletableFuture<Boolean> turn) {
    var _ =
        turn.exceptionally(
            failure -> {
              log.warn("Sending to a receiver failed; its lane goes on", failure);
              lane.giveBack();
              return false;
            });
  }

  private void take(List<Job<Lane, Boolean>> jobs) throws InterruptedException {
    for (Job<Lane, Boolean> job : jobs) {
      take(job.item());
      job.succeed(true);
    }
  }

  private void take(Lane lane) throws InterruptedException {
    boolean handedOn = false;
    for (Parcel parcel = lane.next(); parcel != null && !handedOn; ) {
      errand.run(parcel);
      handedOn = senders.depth() > 0 && handOn(lane);
      parcel = handedOn ? null : lane.next();
    }
  }

  /** Lets other lanes have their turns first. */
  private boolean handOn(Lane lane) {
    try {
      giveBackIfItFails(lane, senders.submit(lane, Deadline.after(PATIENCE)));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  @Override
  public void close() {
    senders.close();
  }
}
