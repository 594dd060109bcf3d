package io.quittance.idempotency;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Job;
import io.quittance.concurrency.WorkerPool;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Looks up the records of keys; those that are asked for together share one query. Nothing is
 * remembered: a record may be made at any time. Thread-safe.
 */
final class KeyLookups implements AutoCloseable {

  private static final int QUEUED_MAX = 4096;
  private static final int KEYS_PER_QUERY_MAX = 512;

  private final WorkerPool<KeyedRequest.Id, Optional<KeyRecord>> pool;
  private final Function<List<KeyedRequest.Id>, Map<KeyedRequest.Id, KeyRecord>> query;

  /**
   * @param query finds the records of keys; those that it does not return are not there
   */
  KeyLookups(
      Function<List<KeyedRequest.Id>, Map<KeyedRequest.Id, KeyRecord>> query,
      MeterRegistry registry) {
    this.query = query;
    this.pool =
        WorkerPool.<KeyedRequest.Id, Optional<KeyRecord>>named("idempotency", this::find)
            // One of them may wait for a connection that is dead, and the other one goes on.
            .workers(2)
            .capacity(QUEUED_MAX)
            .maxBatch(KEYS_PER_QUERY_MAX)
            .start(registry);
  }

  /**
   * The record of a key; empty when there is none.
   *
   * @throws io.quittance.concurrency.DeadlineExceededException the answer was not there in time
   * @throws RuntimeException the query's own failure
   */
  Optional<KeyRecord> find(KeyedRequest.Id key, Deadline deadline) throws InterruptedException {
    return deadline.await(pool.submit(key, deadline));
  }

  private void find(List<Job<KeyedRequest.Id, Optional<KeyRecord>>> jobs) {
    Map<KeyedRequest.Id, KeyRecord> found = query.apply(jobs.stream().map(Job::item).toList());
    jobs.forEach(job -> job.succeed(Optional.ofNullable(found.get(job.item()))));
  }

  @Override
  public void close() {
    pool.close();
  }
}
