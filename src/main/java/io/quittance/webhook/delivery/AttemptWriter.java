package io.quittance.webhook.delivery;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Job;
import io.quittance.concurrency.WorkerPool;
import io.quittance.database.ArrayParameters;
import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import io.quittance.database.SqlFailure;
import io.quittance.web.TypeId;
import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
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

  private static final Logger log = LoggerFactory.getLogger(AttemptWriter.class);
  private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(30);
  private static final int ROWS_AT_ONCE = 256;
  private static final int AGAIN_MAX = 4 * ROWS_AT_ONCE;

  /** How soon one that was locked is tried again. */
  private static final Duration PAUSE = Duration.ofMillis(250);

  /** A whole table that is locked; and a row, where rows that are locked are not passed over. */
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

  /** The same, but of a row that is locked it updates nothing, and does not wait. */
  static final String UPDATE_UNLOCKED =
      UPDATE_DELIVERY
          + """
             and id = (select id from deliveries
                        where merchant_id = ? and id = ? and state not in ('delivered', 'dead')
                          for update skip locked)
            """;

  /** Of those that were not updated, the ones that have not ended: another one has locked them. */
  private static final String OPEN =
      """
      select id from deliveries
       where merchant_id = ? and id = any(?) and state not in ('delivered', 'dead')
      """;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final Dialect dialect;
  private final EndpointHealth health;
  private final Counter delivered;
  private final Counter failed;
  private final Counter dead;
  private final WorkerPool<Attempt, Boolean> writer;
  private final WorkerPool<Attempt, Boolean> again;

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
    this.again =
        WorkerPool.<Attempt, Boolean>named("delivery-outcomes-again", this::writeAgain)
            .capacity(AGAIN_MAX)
            .maxBatch(AGAIN_MAX)
            .inTurns(attempt -> attempt.delivery().merchantId())
            .perParty(ROWS_AT_ONCE, ROWS_AT_ONCE)
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

  private void writeAgain(List<Job<Attempt, Boolean>> jobs) throws InterruptedException {
    Thread.sleep(PAUSE);
    write(jobs);
  }

  private void write(List<Job<Attempt, Boolean>> jobs) {
    try {
      writeAfterTableLocks(jobs);
    } catch (RuntimeException e) {
      if (SqlFailure.locked(e) && !passesOverLocks() && jobs.size() == 1) {
        jobs.forEach(this::putOff);
      } else if (jobs.size() == 1 || !SqlFailure.ofSomeRows(e)) {
        throw e;
      } else {
        jobs.forEach(this::writeApart);
      }
    }
  }

  /**
   * Where rows are skipped, only a whole table can be locked: all wait for that, and senders, too.
   */
  private void writeAfterTableLocks(List<Job<Attempt, Boolean>> jobs) {
    while (true) {
      try {
        writeTogether(jobs);
        return;
      } catch (RuntimeException e) {
        boolean waits = SqlFailure.locked(e) && passesOverLocks();
        if (!waits || jobs.stream().allMatch(job -> job.deadline().expired())) {
          throw e;
        }
      }
    }
  }

  private void writeApart(Job<Attempt, Boolean> job) {
    try {
      write(List.of(job));
    } catch (RuntimeException e) {
      job.fail(e);
    }
  }

  /** Tries it again soon, until it is too late; whoever waits for it hears of it then. */
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
    Set<UUID> locked = Objects.requireNonNull(transactions.execute(_ -> writeUnlocked(attempts)));
    for (Job<Attempt, Boolean> job : jobs) {
      if (locked.contains(job.item().delivery().id())) {
        putOff(job);
      } else {
        count(job.item());
        job.succeed(true);
      }
    }
  }

  /** Writes down all but those whose deliveries are locked; these deliveries. */
  private Set<UUID> writeUnlocked(Collection<Attempt> attempts) {
    jdbc.execute(dialect.either(LIMIT_LOCKS, "select 1"));
    dialect.commitWithoutWaiting(jdbc);
    Set<UUID> locked = open(updateDeliveries(attempts));
    List<Attempt> written =
        attempts.stream().filter(attempt -> !locked.contains(attempt.delivery().id())).toList();
    addAttempts(written);
    health.note(written);
    return locked;
  }

  /** On Citus, and on H2, an inner query cannot pass over what is locked. */
  private boolean passesOverLocks() {
    return dialect.postgres() && !dialect.distributed();
  }

  private void count(Attempt attempt) {
    switch (attempt.state()) {
      case "delivered" -> delivered.increment();
      case "dead" -> dead.increment();
      default -> failed.increment();
    }
  }

  private void addAttempts(Collection<Attempt> attempts) {
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

  /** Those of which nothing was updated, because they have ended or are locked. */
  private List<Claimed> updateDeliveries(Collection<Attempt> attempts) {
    boolean passesOver = passesOverLocks();
    var claimed = attempts.stream().map(Attempt::delivery).iterator();
    int[][] updated =
        jdbc.batchUpdate(
            passesOver ? UPDATE_UNLOCKED : UPDATE_DELIVERY,
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
              if (passesOver) {
                statement.setObject(8, attempt.delivery().merchantId());
                statement.setObject(9, attempt.delivery().id());
              }
            });
    List<Claimed> untouched = new ArrayList<>();
    for (int count : Arrays.stream(updated).flatMapToInt(Arrays::stream).toArray()) {
      Claimed delivery = claimed.next();
      if (count == 0) {
        untouched.add(delivery);
      }
    }
    return untouched;
  }

  private Set<UUID> open(List<Claimed> deliveries) {
    Map<UUID, List<UUID>> byMerchant =
        deliveries.stream()
            .collect(groupingBy(Claimed::merchantId, mapping(Claimed::id, toList())));
    Set<UUID> open = new HashSet<>();
    byMerchant.forEach(
        (merchantId, ids) ->
            jdbc.query(
                OPEN,
                statement -> {
                  statement.setObject(1, merchantId);
                  ArrayParameters.bindIds(statement, 2, ids);
                },
                row -> {
                  open.add(row.getObject("id", UUID.class));
                }));
    return open;
  }

  @PreDestroy
  void close() {
    writer.close();
    again.close();
  }
}
