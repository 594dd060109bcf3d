package io.quittance.idempotency;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Look-ups on the threads of a pool. Their callers get a result or an error by the deadline,
 * whatever the database does. They run without the request's context. Thread-safe.
 *
 * @param <Q> the question
 * @param <A> the answer
 */
public final class TimedLookups<Q, A> implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TimedLookups.class);

  private final WorkerPool<Q, A> pool;

  public TimedLookups(WorkerPool<Q, A> pool) {
    this.pool = pool;
  }

  /** A look-up that was started or refused; {@link #await} reports which. */
  public final class Begun {

    private final CompletableFuture<A> answer;
    private final Deadline deadline;

    private Begun(CompletableFuture<A> answer, Deadline deadline) {
      this.answer = answer;
      this.deadline = deadline;
    }

    /**
     * Waits for the answer.
     *
     * @throws Problem 504 when there is no answer in time; 503 when too many wait or the database
     *     is unavailable. Nothing has changed, because this only reads
     * @throws RuntimeException the row could not be read
     */
    public A await() {
      try {
        return deadline.await(answer);
      } catch (DeadlineExceededException e) {
        throw Problem.of(ProblemCode.DEADLINE_EXCEEDED);
      } catch (RejectedExecutionException e) {
        throw Problem.overloaded();
      } catch (DataAccessException | TransactionException e) {
        log.warn("The object of a request could not be looked up: {}", e.toString());
        throw Problem.databaseUnavailable();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Problem.stopping();
      }
    }
  }

  /** Starts a look-up. */
  public Begun begin(Q question, Deadline deadline) {
    try {
      return new Begun(pool.submit(question, deadline), deadline);
    } catch (RejectedExecutionException e) {
      return new Begun(CompletableFuture.failedFuture(e), deadline);
    }
  }

  /** As {@link Begun#await()}. */
  public A find(Q question, Deadline deadline) {
    return begin(question, deadline).await();
  }

  /** Finishes what is queued, then stops. */
  @Override
  public void close() {
    pool.close();
  }
}
