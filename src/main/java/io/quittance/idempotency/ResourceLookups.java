package io.quittance.idempotency;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Job;
import io.quittance.concurrency.WorkerPool;
import io.quittance.database.ReservedConnection;
import io.quittance.web.Problem;
import jakarta.annotation.PreDestroy;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Reads what a change is about before it begins, or what it made when it is repeated: by the
 * request's deadline, and whatever lists and other reads hang. Each has a query of its own, and
 * merchants take turns, so that one whose rows cannot be read leaves a worker to the others. The
 * connections are those that are kept for changes. Thread-safe.
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
            WorkerPool.named("subjects", ResourceLookups::answer)
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
   * What the query finds. It runs on another thread, which knows nothing of the request.
   *
   * @param merchantId whose rows it reads
   * @throws Problem as {@link TimedLookups.Begun#await()}
   * @throws RuntimeException what was found could not be read
   */
  @SuppressWarnings("unchecked") // the pool carries answers of all types
  public <T> T find(UUID merchantId, Deadline deadline, Supplier<T> query) {
    return (T) lookups.find(new Question(merchantId, query), deadline);
  }

  /** As {@link #find}, for a repetition, whose own deadline may be over. */
  public <T> T findLate(UUID merchantId, Deadline deadline, Supplier<T> query) {
    return find(merchantId, KeyLookups.lateLimit(deadline), query);
  }

  @PreDestroy
  void close() {
    lookups.close();
  }
}
