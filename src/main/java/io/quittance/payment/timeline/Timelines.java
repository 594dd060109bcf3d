package io.quittance.payment.timeline;

import static io.quittance.database.ArrayParameters.bind;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import io.quittance.database.LockLimitTemplate;
import io.quittance.web.TypeId;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Stores and shows what the scopes of each payment did. Timelines are written asynchronously, in
 * batches: payments do not wait for them, so the last ones may be lost under load, in a crash, or
 * while the table is locked for long. Thread-safe.
 */
@Component
public final class Timelines {

  private static final Logger log = LoggerFactory.getLogger(Timelines.class);
  private static final int QUEUE_CAPACITY = 8192;
  private static final int BATCH_MAX = 512;
  private static final Duration LINGER = Duration.ofMillis(100);
  private static final Duration WRITE_PATIENCE = Duration.ofSeconds(30);

  /** How long a stop of the service waits for the last ones. */
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(5);

  /** The pause between tries while the table is locked; other jobs use the connection meanwhile. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** How many of a payment's first and of its last scopes are shown. */
  private static final int SHOWN_MAX = 100;

  private static final String STORED =
      """
      select opened_at, body from payment_timelines
       where merchant_id = ? and payment_id = ? order by opened_at %s limit ?
      """;

  private static final String INSERT =
      """
      insert into payment_timelines (merchant_id, payment_id, opened_at, body)
      select * from unnest(
        cast(? as uuid array), cast(? as uuid array),
        cast(? as timestamp with time zone array), cast(? as varchar array))
      """;

  /** The timeline of a payment. */
  public record Timeline(String paymentId, List<TimelineScope> scopes) {}

  private record Entry(UUID merchantId, UUID paymentId, TimelineScope scope) {}

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final Dialect dialect;
  private final StoredScopes bodies;
  private final WorkerPool<Entry, Boolean> writer;
  private final UnwrittenScopes unwritten = new UnwrittenScopes(QUEUE_CAPACITY, SHOWN_MAX);

  Timelines(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      Dialect dialect,
      ObjectMapper json,
      MeterRegistry registry) {
    this.jdbc = jdbc;
    this.transactions = LockLimitTemplate.ofRepeated(transactions, jdbc, dialect);
    this.dialect = dialect;
    this.bodies = new StoredScopes(json);
    this.writer =
        WorkerPool.<Entry, Boolean>named("timelines", this::write)
            .capacity(QUEUE_CAPACITY)
            .maxBatch(BATCH_MAX)
            .linger(LINGER)
            .drainLimit(DRAIN_LIMIT)
            .start(registry);
  }

  /** Queues the record of a scope; returns at once. */
  public void record(UUID merchantId, UUID paymentId, TimelineScope scope) {
    var entry = new Entry(merchantId, paymentId, scope);
    unwritten.add(paymentId, scope);
    try {
      writer
          .submit(entry, Deadline.after(WRITE_PATIENCE))
          .exceptionally(
              failure -> {
                log.debug("A timeline is lost", failure);
                return false;
              });
    } catch (RejectedExecutionException e) {
      log.debug("A timeline is kept in memory only", e);
    }
  }

  /**
   * The payment's scopes so far, oldest first; if there are very many, the first and the last ones.
   */
  public Timeline of(UUID merchantId, UUID paymentId) {
    List<TimelineScope> recent = unwritten.of(paymentId);
    List<TimelineScope> scopes = new ArrayList<>(stored(merchantId, paymentId));
    Set<Instant> seen = scopes.stream().map(TimelineScope::openedAt).collect(Collectors.toSet());
    recent.stream().filter(scope -> seen.add(scope.openedAt())).forEach(scopes::add);
    return new Timeline(TypeId.format("pay", paymentId), scopes);
  }

  private List<TimelineScope> stored(UUID merchantId, UUID paymentId) {
    var scopes = new TreeMap<Instant, TimelineScope>();
    for (String order : List.of("asc", "desc")) {
      jdbc.query(
          STORED.formatted(order),
          rs -> {
            Instant openedAt = Instants.read(rs, "opened_at");
            scopes.put(openedAt, bodies.read(rs.getString("body"), openedAt));
          },
          merchantId,
          paymentId,
          SHOWN_MAX);
      if (scopes.size() < SHOWN_MAX) {
        break;
      }
    }
    return List.copyOf(scopes.values());
  }

  private void write(List<Job<Entry, Boolean>> jobs) throws InterruptedException {
    try {
      insertOnceUnlocked(jobs);
    } catch (DataAccessException | TransactionException e) {
      log.warn(
          "The timelines of {} scopes could not be written and are lost: {}",
          jobs.size(),
          e.toString());
      jobs.forEach(job -> job.fail(e));
      return;
    }
    for (Job<Entry, Boolean> job : jobs) {
      unwritten.remove(job.item().paymentId(), job.item().scope());
      job.succeed(true);
    }
  }

  /** Tries for as long as the jobs may wait, for a lock or for a connection. */
  private void insertOnceUnlocked(List<Job<Entry, Boolean>> jobs) throws InterruptedException {
    while (true) {
      try {
        transactions.executeWithoutResult(
            status -> {
              dialect.commitWithoutWaiting(jdbc);
              insert(jobs);
            });
        return;
      } catch (CannotAcquireLockException | CannotCreateTransactionException e) {
        if (jobs.stream().allMatch(job -> job.deadline().expired())) {
          throw e;
        }
        Thread.sleep(PAUSE);
      }
    }
  }

  private void insert(List<Job<Entry, Boolean>> jobs) {
    List<Entry> entries = jobs.stream().map(Job::item).toList();
    jdbc.update(
        INSERT,
        statement -> {
          bind(statement, 1, "uuid", entries, Entry::merchantId);
          bind(statement, 2, "uuid", entries, Entry::paymentId);
          bind(statement, 3, "varchar", entries, entry -> entry.scope().openedAt().toString());
          bind(statement, 4, "varchar", entries, entry -> bodies.write(entry.scope()));
        });
  }

  @PreDestroy
  void close() {
    writer.close();
  }
}
