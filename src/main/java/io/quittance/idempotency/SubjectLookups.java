package io.quittance.idempotency;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.Job;
import io.quittance.concurrency.WorkerPool;
import io.quittance.database.ReservedConnection;
import io.quittance.database.SqlFailure;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import jakarta.annotation.PreDestroy;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Reads what a change is about before it begins, or what it made when it is repeated: by the
 * request's deadline, and whatever lists and other reads hang. Each has a query of its own, and
 * merchants take turns, so that one whose rows cannot be read leaves a worker to the others.
 * Thread-safe.
 */
@Component
public final class SubjectLookups {

  private static final int WORKERS = 2;
  private static final int QUEUED_MAX = 4096;
  private static final int QUEUED_PER_MERCHANT_MAX = 1024;

  private record Question(UUID merchantId, Supplier<?> query) {}

  private static final Function<Question, Object> ASK =
      ReservedConnection.briefly(question -> question.query().get());

  private final WorkerPool<Question, Object> pool;

  SubjectLookups(MeterRegistry registry) {
    this.pool =
        WorkerPool.named("subjects", SubjectLookups::answer)
            .workers(WORKERS)
            .capacity(QUEUED_MAX)
            .inTurns(Question::merchantId)
            .perParty(WORKERS - 1, QUEUED_PER_MERCHANT_MAX)
            .start(registry);
  }

  private static void answer(List<Job<Question, Object>> jobs) {
    jobs.forEach(job -> job.complete(() -> ASK.apply(job.item())));
  }

  /**
   * What the query finds. It runs on another thread, which knows nothing of the request.
   *
   * @param merchantId whose rows it reads
   * @throws Problem 504 when it has not answered in time, 503 when too many wait: it was only read,
   *     so nothing has happened
   * @throws RuntimeException the query's own failure
   */
  @SuppressWarnings("unchecked") // the pool carries answers of all types
  public <T> T find(UUID merchantId, Deadline deadline, Supplier<T> query) {
    try {
      return (T) ask(new Question(merchantId, query), deadline);
    } catch (DeadlineExceededException e) {
      throw Problem.of(ProblemCode.DEADLINE_EXCEEDED);
    } catch (RejectedExecutionException e) {
      throw Problem.of(ProblemCode.OVERLOADED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.stopping();
    }
  }

  /** A query that was canceled, so that others had the connection, is asked again. */
  private Object ask(Question question, Deadline deadline) throws InterruptedException {
    while (true) {
      try {
        return deadline.await(pool.submit(question, deadline));
      } catch (DataAccessException e) {
        if (!SqlFailure.canceled(e)) {
          throw e;
        }
      }
    }
  }

  /** As {@link #find}, for a repetition, whose own deadline may be over. */
  public <T> T findLate(UUID merchantId, Deadline deadline, Supplier<T> query) {
    return find(merchantId, KeyLookups.lateLimit(deadline), query);
  }

  @PreDestroy
  void close() {
    pool.close();
  }
}
