package io.quittance.webhook.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.database.Dialect;
import io.quittance.database.SqlFailure;
import io.quittance.webhook.delivery.AttemptRows.Untouched;
import io.quittance.webhook.delivery.DeadEndpoints.Dead;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes the results of attempts, many in one transaction. A delivery that another transaction has
 * locked is skipped and tried again soon, apart from the others, which do not wait for it. An
 * attempt whose result is lost in a crash is repeated. Thread-safe.
 */
@Component
public final class AttemptWriter {

  /**
   * What one transaction did.
   *
   * @param dead endpoints to be disabled after its commit, so that results do not wait for that
   */
  private record Written(Untouched untouched, List<Dead> dead) {}

  private static final Logger log = LoggerFactory.getLogger(AttemptWriter.class);
  private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(30);
  private static final int AGAIN_MAX = 4 * AttemptRows.AT_ONCE;

  /** How soon an attempt is written again whose delivery was locked. */
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final AttemptRows rows;
  private final TransactionTemplate transactions;
  private final EndpointHealth health;
  private final DeadEndpoints endpoints;
  private final DeliveryCounts counts;
  private final WorkerPool<Attempt, Boolean> writer;
  private final WorkerPool<Attempt, Boolean> again;

  AttemptWriter(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      Dialect dialect,
      EndpointHealth health,
      DeadEndpoints endpoints,
      DeliveryCounts counts,
      MeterRegistry registry) {
    this.rows = new AttemptRows(jdbc, dialect);
    this.transactions = new TransactionTemplate(transactions);
    this.health = health;
    this.endpoints = endpoints;
    this.counts = counts;
    this.writer =
        WorkerPool.named("delivery-outcomes", this::write)
            .capacity(4 * AttemptRows.AT_ONCE)
            .maxBatch(AttemptRows.AT_ONCE)
            .start(registry);
    this.again =
        WorkerPool.<Attempt, Boolean>named("delivery-outcomes-again", this::writeAgain)
            .capacity(AGAIN_MAX)
            .maxBatch(AGAIN_MAX)
            .inTurns(attempt -> attempt.delivery().merchantId())
            .perParty(AttemptRows.AT_ONCE, AttemptRows.AT_ONCE)
            .start(registry);
  }

  /** Records an attempt; waits only while the queue of results is full. */
  public void record(Attempt attempt) throws InterruptedException {
    var _ =
        writer
            .submitWhenRoom(attempt, Deadline.after(QUEUE_TIMEOUT))
            .exceptionally(
                failure -> {
                  log.warn(
                      "An attempt could not be recorded; its delivery is sent again when its lease ends: {}",
                      failure.toString());
                  return false;
                });
  }

  private void writeAgain(List<Job<Attempt, Boolean>> jobs) throws InterruptedException {
    Thread.sleep(PAUSE);
    write(jobs);
  }

  private void write(List<Job<Attempt, Boolean>> jobs) {
    try {
      writeAfterTableLocks(jobs);
    } catch (RuntimeException e) {
      if (tableLocked(e) || !SqlFailure.ofSomeRows(e)) {
        throw e;
      } else if (jobs.size() == 1 && SqlFailure.locked(e)) {
        jobs.forEach(this::putOff);
      } else if (jobs.size() == 1) {
        throw e;
      } else {
        jobs.forEach(this::writeApart);
      }
    }
  }

  /** While the table is locked, all attempts wait for it, and their senders with them. */
  private void writeAfterTableLocks(List<Job<Attempt, Boolean>> jobs) {
    while (true) {
      try {
        writeTogether(jobs);
        return;
      } catch (RuntimeException e) {
        if (!tableLocked(e) || jobs.stream().allMatch(job -> job.deadline().expired())) {
          throw e;
        }
      }
    }
  }

  /** Where locked rows are skipped, it is the whole table that is locked. */
  private boolean tableLocked(RuntimeException e) {
    return SqlFailure.locked(e) && rows.skipsLocked();
  }

  private void writeApart(Job<Attempt, Boolean> job) {
    try {
      write(List.of(job));
    } catch (RuntimeException e) {
      job.fail(e);
    }
  }

  /** Writes the attempt again soon. It fails when its deadline has passed. */
  private void putOff(Job<Attempt, Boolean> job) {
    try {
      var _ =
          again
              .submit(job.item(), job.deadline())
              .whenComplete(
                  (written, failure) -> {
                    if (failure == null) {
                      job.succeed(written);
                    } else {
                      job.fail(failure);
                    }
                  });
      job.defer();
    } catch (RejectedExecutionException e) {
      job.fail(e);
    }
  }

  private void writeTogether(List<Job<Attempt, Boolean>> jobs) {
    List<Attempt> attempts = jobs.stream().map(Job::item).toList();
    Written written = Objects.requireNonNull(transactions.execute(_ -> writeRows(attempts)));
    Untouched untouched = written.untouched();
    for (Job<Attempt, Boolean> job : jobs) {
      UUID delivery = job.item().delivery().id();
      if (untouched.locked().contains(delivery)) {
        putOff(job);
        continue;
      }
      // A delivery that had ended was counted then.
      if (!untouched.ended().contains(delivery)) {
        counts.attempted(job.item());
      }
      job.succeed(true);
    }
    endpoints.disable(written.dead());
  }

  private Written writeRows(Collection<Attempt> attempts) {
    Untouched untouched = rows.write(attempts);
    List<Dead> dead =
        health.note(
            attempts.stream()
                .filter(attempt -> !untouched.locked().contains(attempt.delivery().id()))
                .toList());
    return new Written(untouched, dead);
  }

  @PreDestroy
  void close() {
    writer.close();
    again.close();
  }
}
