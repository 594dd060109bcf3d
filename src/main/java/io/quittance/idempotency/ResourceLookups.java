package io.quittance.idempotency;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.database.ReservedConnection;
import io.quittance.web.Problem;
import jakarta.annotation.PreDestroy;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Reads the object of a change before it starts, or its result when it is repeated, within the
 * request's deadline. Look-ups do not wait for lists and other reads: they use the connections that
 * are reserved for changes. Each is its own query, and merchants take turns, so that one whose rows
 * cannot be read leaves a worker to the others. Two such merchants hold both. Thread-safe.
 */
@Component
public final class ResourceLookups {

  private static final int WORKERS = 2;
  private static final int QUEUED_MAX = 4096;
  private static final int QUEUED_PER_MERCHANT_MAX = 1024;

  private record Question(UUID merchantId, Supplier<?> query) {}

  private final TimedLookups<Question, Object> lookups;

  ResourceLookups(MeterRegistry registry) {
    this.lookups =
        new TimedLookups<>(
            WorkerPool.named("resource-lookups", ResourceLookups::answer)
                .workers(WORKERS)
                .capacity(QUEUED_MAX)
                .inTurns(Question::merchantId)
                .perParty(WORKERS - 1, QUEUED_PER_MERCHANT_MAX)
                .start(registry));
  }

  private static void answer(List<Job<Question, Object>> jobs) {
    jobs.forEach(
        job -> {
          Question asked = job.item();
          job.complete(() -> ReservedConnection.forChange(asked.merchantId(), asked.query()));
        });
  }

  /**
   * Runs the query and returns its result. It runs on another thread, without the request's
   * context.
   *
   * @param merchantId the merchant whose rows it reads
   * @throws Problem as {@link TimedLookups.Begun#await()}
   * @throws RuntimeException the row could not be read
   */
  @SuppressWarnings("unchecked") // the pool carries answers of all types
  public <T> T find(UUID merchantId, Deadline deadline, Supplier<T> query) {
    return (T) lookups.find(new Question(merchantId, query), deadline);
  }

  /** As {@link #find}, for a repetition whose deadline may have passed. */
  public <T> T findLate(UUID merchantId, Deadline deadline, Supplier<T> query) {
    return find(merchantId, KeyLookups.lateLimit(deadline), query);
  }

  @PreDestroy
  void close() {
    lookups.close();
  }
}
