package io.quittance.webhook.dispatch;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.PartyLimit;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Assigns senders to lanes in turns. Merchants take turns, and one has three quarters of the
 * senders at most, n have 3/(3n + 1) each ({@link PartyLimit}), so that nobody waits for the lanes
 * of merchants whose receivers are slow. A lane gets its turn back in every case: it has no more
 * tasks, its work failed, or the turn was never started. Thread-safe.
 */
final class ReceiverLaneScheduler implements AutoCloseable {

  /** What a sender does with each task. */
  @FunctionalInterface
  interface Work {
    void run(DeliveryTask task) throws InterruptedException;
  }

  private record Turn(UUID party, ReceiverLane lane) {}

  private static final Logger log = LoggerFactory.getLogger(ReceiverLaneScheduler.class);
  private static final int TURNS_MAX = 4096;
  private static final Duration QUEUE_TIMEOUT = Duration.ofHours(1);

  private final Work work;
  private final WorkerPool<Turn, Boolean> senders;

  ReceiverLaneScheduler(Work work, int workers, Duration drainLimit, MeterRegistry registry) {
    this.work = work;
    this.senders =
        WorkerPool.<Turn, Boolean>named("deliveries", this::take)
            .inTurns(Turn::party)
            .perParty(perMerchant(workers), TURNS_MAX)
            .workers(workers)
            .capacity(TURNS_MAX)
            .drainLimit(drainLimit)
            .virtualThreads()
            .start(registry);
  }

  /** The senders of one merchant while it is alone. With one sender, it is that one. */
  private static int perMerchant(int workers) {
    return Math.max(1, workers * 3 / 4);
  }

  /** Puts a task into its lane; waits only while the senders' queue is full. */
  void offer(DeliveryTask task) throws InterruptedException {
    if (task.lane().offer(task)) {
      var turn = new Turn(party(task.delivery()), task.lane());
      boolean given = false;
      try {
        giveBackIfItFails(turn.lane(), senders.submitWhenRoom(turn, Deadline.after(QUEUE_TIMEOUT)));
        given = true;
      } finally {
        if (!given) {
          task.lane().giveBack();
        }
      }
    }
  }

  /** Deliveries to the operator's receiver count as the operator's, whichever merchant has them. */
  private static UUID party(Claimed delivery) {
    return delivery.endpointId() == null ? ReceiverLanes.OPERATOR : delivery.merchantId();
  }

  private static void giveBackIfItFails(ReceiverLane lane, CompletableFuture<Boolean> turn) {
    var _ =
        turn.exceptionally(
            failure -> {
              log.warn("Sending to a receiver failed; its lane continues", failure);
              lane.giveBack();
              return false;
            });
  }

  private void take(List<Job<Turn, Boolean>> jobs) throws InterruptedException {
    for (Job<Turn, Boolean> job : jobs) {
      take(job.item());
      job.succeed(true);
    }
  }

  private void take(Turn turn) throws InterruptedException {
    ReceiverLane lane = turn.lane();
    boolean handedOn = false;
    for (DeliveryTask task = lane.next(); task != null && !handedOn; ) {
      work.run(task);
      handedOn = senders.depth() > 0 && yieldTurn(turn);
      task = handedOn ? null : lane.next();
    }
  }

  /** Lets other lanes have their turns first. */
  private boolean yieldTurn(Turn turn) {
    try {
      giveBackIfItFails(turn.lane(), senders.submit(turn, Deadline.after(QUEUE_TIMEOUT)));
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
