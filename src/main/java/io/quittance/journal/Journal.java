package io.quittance.journal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.QueueFullException;
import io.quittance.concurrency.WorkerPool;
import io.quittance.concurrency.WorkerPool.Job;
import jakarta.annotation.PreDestroy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;

/**
 * Many commands, one commit. Whatever has queued up is applied in one transaction, in order of
 * arrival, and then every caller gets its own result. A command that expired in the queue is
 * dropped before any SQL; one that breaks its transaction is found by bisection and fails alone.
 *
 * <p>Thread-safe. Callers wait on futures, so cancelling them never interrupts JDBC.
 */
@Component
public final class Journal {

  private static final Logger log = LoggerFactory.getLogger(Journal.class);
  private static final int MAX_ATTEMPTS = 5;
  private static final int BATCHES_REMEMBERED = 8;

  /** A transaction that takes longer says that the database is in trouble. */
  private static final long STALLED_AFTER_NANOS = Duration.ofSeconds(1).toNanos();

  private final Transaction transaction;
  private final WorkerPool<Command<?>, Object> pool;
  private final Counter halved;
  private volatile long batchStartedNanos;
  private volatile boolean working;

  /** A moving average; like the two above it is written by the one worker only. */
  private volatile long batchNanos;

  Journal(
      DataSource dataSource,
      Dialect dialect,
      ObjectProvider<Table.Factory> tables,
      JournalProperties properties,
      MeterRegistry registry) {
    this.halved =
        Counter.builder("journal.halved")
            .description("Batches that failed and were tried in halves")
            .register(registry);
    this.transaction = new Transaction(dataSource, dialect, tables.orderedStream().toList());
    this.pool =
        WorkerPool.<Command<?>, Object>named("journal", this::work)
            .capacity(properties.queueCapacity())
            .maxBatch(properties.maxBatch())
            .start(registry);
  }

  /**
   * Queues a command.
   *
   * @param deadline until when it may begin; from then on it is dropped, surely not applied
   * @return completes after the commit, or with {@link
   *     io.quittance.concurrency.ExpiredInQueueException} (surely not applied), {@link
   *     FateUnknownException}, or the error that rolled it back
   * @throws QueueFullException too much is waiting already
   */
  @SuppressWarnings("unchecked") // the pool carries commands of all result types
  public <R> CompletableFuture<R> submit(Command<R> command, Deadline deadline) {
    return (CompletableFuture<R>) pool.submit(command, deadline);
  }

  /**
   * Queues a command that finishes what another one began, waiting for room: it is never shed.
   *
   * @throws DeadlineExceededException there was no room in time
   */
  @SuppressWarnings("unchecked") // the pool carries commands of all result types
  public <R> CompletableFuture<R> submitWhenRoom(Command<R> command, Deadline deadline)
      throws InterruptedException {
    return (CompletableFuture<R>) pool.submitWhenRoom(command, deadline);
  }

  /**
   * What a command would decide now. Writes nothing, locks nothing, and does not queue. Runs JDBC
   * on the calling thread, so not for subtasks.
   */
  public <R> R rehearse(Command<R> command) {
    try {
      return transaction.rehearse(command);
    } catch (SQLException e) {
      throw new DataAccessResourceFailureException("a rehearsal could not read", e);
    }
  }

  /** Whether the database has kept the current batch waiting for unreasonably long. */
  public boolean stalled() {
    return working && System.nanoTime() - batchStartedNanos > STALLED_AFTER_NANOS;
  }

  /** How long a command that came now would take, queue and all, as far as can be told. */
  public Duration expectedTime() {
    boolean busy = working;
    long sinceStart = System.nanoTime() - batchStartedNanos;
    if (!busy && sinceStart > STALLED_AFTER_NANOS) {
      return Duration.ZERO;
    }
    long running = busy ? sinceStart : 0;
    return Duration.ofNanos(Math.max(running, pool.backlog().toNanos()) + batchNanos);
  }

  private void work(List<Job<Command<?>, Object>> jobs) {
    batchStartedNanos = System.nanoTime();
    working = true;
    try {
      apply(jobs);
    } finally {
      working = false;
      remember(System.nanoTime() - batchStartedNanos);
    }
  }

  /**
   * What a stalled batch took says nothing of the next one, and would keep those away who could
   * prove it.
   */
  private void remember(long nanos) {
    batchNanos =
        nanos > STALLED_AFTER_NANOS ? 0 : batchNanos + (nanos - batchNanos) / BATCHES_REMEMBERED;
  }

  private void apply(List<Job<Command<?>, Object>> jobs) {
    try {
      applyWithRetry(jobs);
    } catch (FateUnknownException e) {
      log.warn("The fate of {} commands is unknown", jobs.size(), e);
      jobs.forEach(job -> job.fail(e));
    } catch (SQLException | RuntimeException e) {
      if (jobs.size() == 1 || SqlStates.connectionLost(e)) {
        log.warn("{} commands failed: {}", jobs.size(), e.toString());
        jobs.forEach(job -> job.fail(e));
      } else {
        log.warn("A batch of {} commands failed and is halved: {}", jobs.size(), e.toString());
        halved.increment();
        apply(jobs.subList(0, jobs.size() / 2));
        apply(jobs.subList(jobs.size() / 2, jobs.size()));
      }
    }
  }

  private void applyWithRetry(List<Job<Command<?>, Object>> jobs) throws SQLException {
    boolean conflict = false;
    for (int attempt = 1; ; attempt++) {
      List<Job<Command<?>, Object>> live = attempt == 1 ? jobs : notExpired(jobs);
      try {
        List<Object> results = transaction.apply(live.stream().map(Job::item).toList());
        for (int i = 0; i < live.size(); i++) {
          live.get(i).succeed(results.get(i));
        }
        return;
      } catch (SQLException | RuntimeException e) {
        boolean newConflict = SqlStates.uniqueViolation(e) && !conflict;
        if (attempt == MAX_ATTEMPTS || !(SqlStates.retryable(e) || newConflict)) {
          throw e;
        }
        conflict |= newConflict;
        log.debug("Attempt {} of {} commands is tried again", attempt, live.size(), e);
      }
    }
  }

  private static List<Job<Command<?>, Object>> notExpired(List<Job<Command<?>, Object>> jobs) {
    return jobs.stream()
        .filter(
            job -> {
              if (job.deadline().expired()) {
                job.fail(
                    new DeadlineExceededException("expired before the transaction was retried"));
              }
              return !job.deadline().expired();
            })
        .toList();
  }

  /** Finishes what is queued, then stops. */
  @PreDestroy
  void close() {
    pool.close();
  }
}
