package io.quittance.webhook.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Job;
import io.quittance.concurrency.WorkerPool;
import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import io.quittance.database.SqlFailure;
import io.quittance.web.TypeId;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes the results of attempts, many in one transaction, or each in its own if the rows of some
 * are locked. An attempt whose result is lost in a crash is repeated. Thread-safe.
 */
@Component
public final class AttemptWriter {

  private static final Logger log = LoggerFactory.getLogger(AttemptWriter.class);
  private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(30);
  private static final int ROWS_AT_ONCE = 256;

  /** With this limit, ten locked deliveries delay the others by a second. */
  private static final String LIMIT_LOCKS = "set local lock_timeout = 100";

  private static final String ADD_ATTEMPT =
      """
      insert into delivery_attempts (merchant_id, delivery_id, id, started_at, duration_ms,
                                     http_status, error, excerpt)
      values (?, ?, ?, ?, ?, ?, ?, ?)
      """;

  /**
   * Finds the row by its key and not by an index of waiting deliveries: see {@link
   * DeliveryQueue#CLAIM}.
   */
  static final String UPDATE_DELIVERY =
      """
      update deliveries
         set state = ?, attempts = attempts + 1, last_status = ?, last_error = ?,
             delivered_at = cast(? as timestamp with time zone),
             next_attempt_at = current_timestamp + cast(? as bigint) * interval '0.001' second
       where merchant_id = ? and id = ? and state not in ('delivered', 'dead')
      """;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final Dialect dialect;
  private final EndpointHealth health;
  private final Counter delivered;
  private final Counter failed;
  private final Counter dead;
  private final WorkerPool<Attempt, Boolean> writer;

  AttemptWriter(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      Dialect dialect,
      EndpointHealth health,
      MeterRegistry registry) {
    this.jdbc = jdbc;
    this.transactions = new TransactionTemplate(transactions);
    this.dialect = dialect;
    this.health = health;
    this.delivered = counter("delivered", registry);
    this.failed = counter("failed", registry);
    this.dead = counter("dead", registry);
    this.writer =
        WorkerPool.named("delivery-outcomes", this::write)
            .capacity(4 * ROWS_AT_ONCE)
            .maxBatch(ROWS_AT_ONCE)
            .start(registry);
  }

  private static Counter counter(String result, MeterRegistry registry) {
    return Counter.builder("quittance.webhook.deliveries")
        .description("Attempts by their result: delivered, failed (tried again later), dead")
        .tag("result", result)
        .register(registry);
  }

  /** Records an attempt; waits only while the queue of results is full. */
  public void record(Attempt attempt) throws InterruptedException {
    var _ =
        writer
            .submitWhenRoom(attempt, Deadline.after(QUEUE_TIMEOUT))
            .exceptionally(
                failure -> {
                  log.warn(
                      "An attempt could not be recorded; its delivery is sent again: {}",
                      failure.toString());
                  return false;
                });
  }

  private void write(List<Job<Attempt, Boolean>> jobs) {
    try {
      writeTogether(jobs);
    } catch (RuntimeException e) {
      if (jobs.size() == 1 || !SqlFailure.ofSomeRows(e)) {
        throw e;
      }
      jobs.forEach(this::writeApart);
    }
  }

  private void writeApart(Job<Attempt, Boolean> job) {
    try {
      writeTogether(List.of(job));
    } catch (RuntimeException e) {
      job.fail(e);
    }
  }

  private void writeTogether(List<Job<Attempt, Boolean>> jobs) {
    List<Attempt> attempts = jobs.stream().map(Job::item).toList();
    transactions.executeWithoutResult(
        status -> {
          jdbc.execute(dialect.either(LIMIT_LOCKS, "select 1"));
          dialect.commitWithoutWaiting(jdbc);
          addAttempts(attempts);
          updateDeliveries(attempts);
          health.note(attempts);
        });
    attempts.forEach(this::count);
    jobs.forEach(job -> job.succeed(true));
  }

  private void count(Attempt attempt) {
    switch (attempt.state()) {
      case "delivered" -> delivered.increment();
      case "dead" -> dead.increment();
      default -> failed.increment();
    }
  }

  private void addAttempts(List<Attempt> attempts) {
    jdbc.batchUpdate(
        ADD_ATTEMPT,
        attempts,
        ROWS_AT_ONCE,
        (statement, attempt) -> {
          statement.setObject(1, attempt.delivery().merchantId());
          statement.setObject(2, attempt.delivery().id());
          statement.setObject(3, TypeId.next());
          statement.setObject(4, Instants.parameter(attempt.startedAt()));
          statement.setInt(5, Math.toIntExact(attempt.took().toMillis()));
          statement.setObject(6, attempt.status());
          statement.setString(7, attempt.error());
          statement.setString(8, attempt.excerpt());
        });
  }

  private void updateDeliveries(List<Attempt> attempts) {
    jdbc.batchUpdate(
        UPDATE_DELIVERY,
        attempts,
        ROWS_AT_ONCE,
        (statement, attempt) -> {
          Instant end = attempt.startedAt().plus(attempt.took());
          @Nullable Duration pause = attempt.pause();
          statement.setString(1, attempt.state());
          statement.setObject(2, attempt.status());
          statement.setString(3, attempt.error());
          statement.setObject(4, attempt.succeeded() ? Instants.parameter(end) : null);
          statement.setLong(5, pause == null ? 0 : pause.toMillis());
          statement.setObject(6, attempt.delivery().merchantId());
          statement.setObject(7, attempt.delivery().id());
        });
  }

  @PreDestroy
  void close() {
    writer.close();
  }
}
