package io.quittance.idempotency;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.database.Dialect;
import io.quittance.database.ReservedConnection;
import io.quittance.web.DependencyNames;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ResolvesBy;
import io.quittance.web.TypeId;
import jakarta.annotation.PreDestroy;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.stereotype.Component;

/**
 * Looks up the records of keys outside of the journal, and the requests that wait under them on
 * other replicas. Look-ups that come together share one query. Nothing is cached: a record may be
 * added at any time. Thread-safe.
 */
@Component
final class KeyLookups {

  private static final Logger log = LoggerFactory.getLogger(KeyLookups.class);
  private static final int QUEUED_MAX = 4096;
  private static final int KEYS_PER_QUERY_MAX = 512;

  /** Time limit of a look-up after the request's deadline has passed. */
  static final Duration LATE_LIMIT = Duration.ofMillis(250);

  private final WorkerPool<KeyedRequest.Id, Optional<KeyRecord>> pool;
  private final Function<List<KeyedRequest.Id>, Map<KeyedRequest.Id, KeyRecord>> query;
  private final ResolvesBy resolvesBy;

  @Autowired
  KeyLookups(
      JdbcOperations jdbc,
      Dialect dialect,
      WaitingKeys waiting,
      ResolvesBy resolvesBy,
      MeterRegistry registry) {
    this(
        ReservedConnection.of("idempotency", keys -> find(jdbc, dialect, waiting, keys)),
        resolvesBy,
        registry);
  }

  /** On one connection: while the database is read-only, each one is rare. */
  private static Map<KeyedRequest.Id, KeyRecord> find(
      JdbcOperations jdbc, Dialect dialect, WaitingKeys waiting, List<KeyedRequest.Id> keys) {
    return Objects.requireNonNull(
        jdbc.execute(
            (Connection connection) -> {
              var same = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
              // In this order: what waits no longer has stored its record, if it was applied.
              Map<KeyedRequest.Id, KeyRecord> found = waiting.find(same, keys);
              found.putAll(IdempotencyKeys.find(same, dialect, keys));
              return found;
            }));
  }

  /**
   * @param query finds the records of keys; keys without a record are left out
   */
  KeyLookups(
      Function<List<KeyedRequest.Id>, Map<KeyedRequest.Id, KeyRecord>> query,
      ResolvesBy resolvesBy,
      MeterRegistry registry) {
    this.query = query;
    this.resolvesBy = resolvesBy;
    this.pool =
        WorkerPool.<KeyedRequest.Id, Optional<KeyRecord>>named("idempotency", this::query)
            // If one worker hangs on a dead connection, the other one goes on.
            .workers(2)
            .capacity(QUEUED_MAX)
            .maxBatch(KEYS_PER_QUERY_MAX)
            .start(registry);
  }

  /** The deadline, or {@link #LATE_LIMIT} from now if that is later. */
  static Deadline lateLimit(Deadline deadline) {
    return deadline.remaining().compareTo(LATE_LIMIT) > 0 ? deadline : Deadline.after(LATE_LIMIT);
  }

  private void query(List<Job<KeyedRequest.Id, Optional<KeyRecord>>> jobs) {
    Map<KeyedRequest.Id, KeyRecord> found = query.apply(jobs.stream().map(Job::item).toList());
    jobs.forEach(job -> job.succeed(Optional.ofNullable(found.get(job.item()))));
  }

  /**
   * The record of the request's key; empty if there is none.
   *
   * @throws Problem 503 or 504 with an unknown outcome: the key could not be looked up, or not in
   *     time
   */
  Optional<KeyRecord> find(KeyedRequest request, Deadline deadline) throws InterruptedException {
    return find(request, deadline, deadline);
  }

  private Optional<KeyRecord> find(KeyedRequest request, Deadline limit, Deadline ofRequest)
      throws InterruptedException {
    try {
      return limit.await(pool.submit(request.id(), limit));
    } catch (RuntimeException e) {
      log.warn(
          "An idempotency key of {} could not be looked up, for {}: {}",
          TypeId.format("mch", request.merchantId()),
          request.operation(),
          e.toString());
      throw unknown(
          request,
          e instanceof DeadlineExceededException && ofRequest.expired()
              ? ProblemCode.DEADLINE_EXCEEDED
              : ProblemCode.DEPENDENCY_UNAVAILABLE,
          "The idempotency key could not be looked up");
    }
  }

  /**
   * As {@link #find}, for a request that has run.
   *
   * @param ofRequest the request's deadline; while it has not passed, the database is to blame
   *     (503)
   */
  Optional<KeyRecord> findLate(KeyedRequest request, Deadline ofRequest)
      throws InterruptedException {
    return find(request, Deadline.after(LATE_LIMIT), ofRequest);
  }

  /**
   * As {@link #findLate}; also empty if the key cannot be looked up. An interrupt stays pending.
   */
  Optional<KeyRecord> findLateIfPossible(KeyedRequest request, Deadline ofRequest) {
    try {
      return findLate(request, ofRequest);
    } catch (Problem unknown) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /**
   * The problem while the first request of a key runs, which may still move money.
   *
   * @param left how long it may run; a batch of the background is answered before it has run
   */
  Problem inProgress(KeyedRequest request, Duration left) {
    Duration atMost = left.isNegative() ? Duration.ZERO : left;
    return Problem.of(
            ProblemCode.IDEMPOTENCY_IN_PROGRESS,
            "A request with this key is still running; repeat it with the same key after Retry-After.")
        .retryAfter(atMost)
        .unknownUntil(resolvesBy.ofRunning(request.path(), atMost));
  }

  /** The problem for a caller that may have repeated a request that was carried out. */
  Problem unknown(KeyedRequest request, ProblemCode code, String reason) {
    return Problem.of(code, reason + "; repeat the request with the same key.")
        .dependency(DependencyNames.LEDGER)
        .unknownUntil(resolvesBy.ofAnyRequest(request.path()));
  }

  @PreDestroy
  void close() {
    pool.close();
  }
}
