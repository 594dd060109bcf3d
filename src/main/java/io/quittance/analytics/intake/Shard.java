package io.quittance.analytics.intake;

import io.quittance.analytics.name.SeriesLimit;
import io.quittance.analytics.name.Vocabularies;
import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Job;
import io.quittance.database.Dialect;
import io.quittance.web.TypeId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Counts the bodies of some merchants: all that wait, in one transaction, and answers them when it
 * is committed. Nothing of a body is counted if that fails, the ids of its events included.
 * Confined to one thread.
 *
 * <p>It is long because one transaction, from its first read to the fate of its commit, stands
 * here.
 */
final class Shard implements BodyCounter {

  private static final Logger log = LoggerFactory.getLogger(Shard.class);

  private static final int CONFLICTS_MAX = 5;
  private static final BitSet NONE = new BitSet();
  private static final Duration FATE_PATIENCE = Duration.ofSeconds(20);
  private static final Duration FATE_INTERVAL = Duration.ofMillis(200);

  /** What all shards use. */
  @Component
  record Services(
      AnalyticsConnections connections,
      Dialect dialect,
      BodyKeys keys,
      Vocabularies vocabularies,
      NameAssignment names,
      CountedSums sums,
      Clock clock) {}

  private final Services services;
  private final DuplicateFilter filter;
  private final SeriesLimit series;

  Shard(Services services, AnalyticsProperties properties) {
    this.services = services;
    this.filter =
        new DuplicateFilter(
            properties.dedupeWindow(),
            properties.dedupeCapacity() / properties.shards(),
            System::nanoTime);
    this.series = new SeriesLimit(properties.maxSeries());
  }

  @Override
  public void count(List<Job<Body, Counted>> jobs) {
    count(services.names().assigned(jobs), false);
  }

  /**
   * @param ofOneMerchant whether they are tried by themselves, after a failure together
   */
  private void count(List<Job<Body, Counted>> jobs, boolean ofOneMerchant) {
    List<Job<Body, Counted>> left = jobs;
    int conflicts = 0;
    while (!left.isEmpty()) {
      try {
        left = left.subList(new Attempt(left, ofOneMerchant).run(), left.size());
        conflicts = 0;
      } catch (SQLException e) {
        if (conflicts++ == CONFLICTS_MAX || !CommitMarks.conflict(e)) {
          failed(left, e);
          return;
        }
      } catch (RuntimeException e) {
        failed(left, e);
        return;
      }
    }
  }

  private void failed(List<Job<Body, Counted>> jobs, Exception e) {
    log.warn("Events could not be counted: {}", e.toString());
    List<List<Job<Body, Counted>>> apart = PerMerchantRetry.of(jobs, e);
    if (apart.isEmpty()) {
      jobs.forEach(job -> job.fail(e));
    }
    apart.forEach(own -> count(own, true));
  }

  @Override
  public long forgottenEarly() {
    return filter.forgottenEarly();
  }

  @Override
  public void close() {
    // Has nothing of its own.
  }

  /** One transaction. */
  private final class Attempt {

    private final List<Job<Body, Counted>> jobs;
    private final boolean ofOneMerchant;
    private final List<Runnable> answers = new ArrayList<>();
    private final Instant now = services.clock().instant();
    private final Counting counting = services.sums().counting(series);
    private final Map<BodyKeys.Id, BodyKeys.Stored> keys = new HashMap<>();
    private final TreeMap<BodyKeys.Id, BodyKeys.Stored> claimed = new TreeMap<>();
    private final TreeMap<BodyKeys.Id, BodyKeys.Stored> renewed = new TreeMap<>();
    private final TreeSet<BodyKeys.Id> taken = new TreeSet<>();

    Attempt(List<Job<Body, Counted>> jobs, boolean ofOneMerchant) {
      this.jobs = jobs;
      this.ofOneMerchant = ofOneMerchant;
    }

    /**
     * Counts as many bodies as one transaction should, and answers them.
     *
     * @return how many
     */
    int run() throws SQLException {
      filter.begin();
      series.at(now.getEpochSecond());
      boolean counted = false;
      try (Connection connection = services.connections().pool().getConnection()) {
        try {
          if (ofOneMerchant) {
            PerMerchantRetry.limitLocks(connection, services.dialect());
          }
          findKeys(connection);
          countBodies();
          counted = counting.isEmpty() || write(connection);
        } finally {
          if (!counted || counting.isEmpty()) {
            rollback(connection);
          }
        }
      } finally {
        if (!counted) {
          filter.takeBack();
        }
      }
      answers.forEach(Runnable::run);
      return answers.size();
    }

    private void findKeys(Connection connection) throws SQLException {
      Map<UUID, List<String>> wanted = new HashMap<>();
      for (Job<Body, Counted> job : jobs) {
        Body.Key key = job.item().key();
        if (key != null) {
          wanted.computeIfAbsent(job.item().merchantId(), _ -> new ArrayList<>()).add(key.text());
        }
      }
      for (var own : wanted.entrySet()) {
        keys.putAll(services.keys().find(connection, own.getKey(), own.getValue()));
      }
    }

    private void countBodies() throws SQLException {
      for (Job<Body, Counted> job : jobs) {
        if (counting.isFull()) {
          return;
        }
        count(job);
      }
    }

    private void count(Job<Body, Counted> job) throws SQLException {
      Body body = job.item();
      Body.Key key = body.key();
      if (key == null) {
        answer(job, body, filter.addAll(body.content().events()));
        return;
      }
      var id = new BodyKeys.Id(body.merchantId(), key.text());
      BodyKeys.Stored stored = keys.get(id);
      if (stored == null) {
        stored = new BodyKeys.Stored(key.fingerprint(), answer(job, body, NONE), true, false);
        keys.put(id, stored);
        claimed.put(id, stored);
      } else if (!stored.fingerprint().equals(key.fingerprint())) {
        answers.add(() -> job.fail(key.reused()));
      } else if (stored.counted()) {
        var replay = new Counted(stored.answer(), true);
        answers.add(() -> job.succeed(replay));
      } else if (stored.refused()) {
        var own = new BodyKeys.Stored(key.fingerprint(), answer(job, body, NONE), false, true);
        keys.put(id, own.asCounted());
        renewed.put(id, own);
        taken.add(id);
      } else {
        // Another engine has promised it, with this answer.
        count(body, NONE, IntakeAnswer.of(body.content(), NONE));
        var promised = new Counted(stored.answer(), true);
        answers.add(() -> job.succeed(promised));
        keys.put(id, stored.asCounted());
        taken.add(id);
      }
    }

    private IntakeAnswer answer(Job<Body, Counted> job, Body body, BitSet duplicates)
        throws SQLException {
      IntakeAnswer answer = IntakeAnswer.of(body.content(), duplicates);
      count(body, duplicates, answer);
      answers.add(() -> job.succeed(new Counted(answer, false)));
      return answer;
    }

    private void count(Body body, BitSet duplicates, IntakeAnswer verdicts) throws SQLException {
      UUID merchantId = body.merchantId();
      counting.count(
          merchantId,
          services.vocabularies().of(merchantId),
          body.content().events(),
          duplicates,
          verdicts.counts());
    }

    /** Locks are taken from here on: keys, totals, panes, each in order. */
    private boolean write(Connection connection) throws SQLException {
      UUID id = TypeId.next();
      UUID merchantId = counting.totals().firstKey();
      CommitMarks.insert(connection, merchantId, id, now);
      services.keys().insert(connection, claimed, now);
      services.keys().renew(connection, renewed);
      services.keys().count(connection, taken);
      CountedSums.Written written = services.sums().write(connection, counting, now);
      boolean committed = commit(connection, merchantId, id);
      if (committed) {
        written.committed();
      }
      return committed;
    }

    private boolean commit(Connection connection, UUID merchantId, UUID id) throws SQLException {
      try {
        connection.commit();
        return true;
      } catch (SQLException e) {
        if (CommitMarks.refused(e)) {
          throw e;
        }
        log.warn("A commit of events got no answer: {}", e.getMessage());
        if (committed(merchantId, id, e)) {
          return true;
        }
        throw e;
      }
    }

    private boolean committed(UUID merchantId, UUID id, SQLException cause) {
      var patience = Deadline.after(FATE_PATIENCE);
      while (!patience.expired()) {
        LockSupport.parkNanos(FATE_INTERVAL.toNanos());
        try (Connection other = services.connections().pool().getConnection()) {
          return CommitMarks.committed(other, merchantId, id, now);
        } catch (SQLException e) {
          cause.addSuppressed(e);
        }
      }
      throw new UnknownCommitException(cause);
    }

    private void rollback(Connection connection) {
      try {
        connection.rollback();
      } catch (SQLException e) {
        log.debug("A transaction of events could not be rolled back: {}", e.getMessage());
      }
    }
  }
}
