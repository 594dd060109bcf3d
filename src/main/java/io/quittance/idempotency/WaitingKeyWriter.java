package io.quittance.idempotency;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.database.ReservedConnection;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Writes {@link WaitingKeys} behind the requests. One that waits for less than {@link #DEFER_MAX}
 * is mostly not written, so accounts that are only busy cost little. If it cannot be written,
 * another replica may say that nothing happened. Thread-safe.
 */
@Component
final class WaitingKeyWriter implements RunningRequests.Announcer {

  private static final Logger log = LoggerFactory.getLogger(WaitingKeyWriter.class);

  /** Less than the shortest deadline, after which a repetition is answered. */
  private static final Duration DEFER_MAX = Duration.ofMillis(40);

  private static final Duration QUEUED_MAX = Duration.ofMinutes(1);
  private static final int QUEUED_CHANGES_MAX = 16_384;
  private static final int CHANGES_AT_ONCE_MAX = 1024;

  /** A request that waits, or has ended. */
  private record Change(RunningRequest request, boolean ended) {}

  private final WaitingKeys keys;
  private final WorkerPool<Change, Boolean> pool;

  WaitingKeyWriter(WaitingKeys keys, MeterRegistry registry) {
    this.keys = keys;
    this.pool =
        WorkerPool.<Change, Boolean>named("waiting-keys", this::write)
            .capacity(QUEUED_CHANGES_MAX)
            .maxBatch(CHANGES_AT_ONCE_MAX)
            .deferrable(change -> !change.ended(), () -> DEFER_MAX)
            .start(registry);
  }

  @Override
  public void announce(RunningRequest request) {
    submit(new Change(request, false));
  }

  @Override
  public void withdraw(RunningRequest request) {
    submit(new Change(request, true));
  }

  private void submit(Change change) {
    try {
      var _ = pool.submit(change, Deadline.after(QUEUED_MAX));
    } catch (RejectedExecutionException e) {
      log.debug("Other replicas are not told that a request waits for a lock", e);
    }
  }

  private void write(List<Job<Change, Boolean>> jobs) {
    List<RunningRequest> waiting = requests(jobs, false);
    waiting.removeIf(RunningRequest::ended);
    try {
      var _ =
          ReservedConnection.forChange(
              this,
              () -> {
                keys.insert(waiting);
                waiting.forEach(RunningRequest::markAnnounced);
                // They have ended before they were marked, so nobody withdraws them.
                List<RunningRequest> ended = requests(jobs, true);
                waiting.stream().filter(RunningRequest::ended).forEach(ended::add);
                keys.delete(ended);
                return true;
              });
    } catch (RuntimeException e) {
      log.warn("Other replicas are not told which requests wait for a lock: {}", e.toString());
    }
    jobs.forEach(job -> job.succeed(true));
  }

  private static List<RunningRequest> requests(List<Job<Change, Boolean>> jobs, boolean ended) {
    return jobs.stream()
        .map(Job::item)
        .filter(change -> change.ended() == ended)
        .map(Change::request)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  @PreDestroy
  void close() {
    pool.close();
  }
}
