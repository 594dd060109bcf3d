package io.quittance.analytics.intake;

import io.quittance.analytics.name.SeriesLimit;
import io.quittance.analytics.name.Vocabularies;
import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.concurrency.pool.Job;
import io.quittance.database.Clocks;
import io.quittance.database.Dialect;
import io.quittance.web.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Counts the waiting bodies of some merchants in one transaction, and answers them when it is
 * committed. If it fails, no event is counted and no event id is remembered. Confined to one
 * thread.
 */
final class DatabaseBodyCounter implements BodyCounter {

  private static final Logger log = LoggerFactory.getLogger(DatabaseBodyCounter.class);

  private static final int CONFLICTS_MAX = 5;
  private static final BitSet NONE = new BitSet();

  /** What all counters share. */
  @Component
  record Services(
      AnalyticsConnections connections,
      Dialect dialect,
      BodyKeys keys,
      Vocabularies vocabularies,
      NameAssignment names,
      IntakeSumsWriter sumsWriter,
      Clocks clocks) {}

  private final Services services;
  private final DuplicateFilter filter;
  private final SeriesLimit series;

  DatabaseBodyCounter(Services services, AnalyticsProperties properties) {
    this.services = services;
    this.filter =
        new DuplicateFilter(
            properties.dedupeWindow(),
            properties.dedupeCapacity() / properties.shards(),
            System::nanoTime);
    this.series = new SeriesLimit(properties.maxSeries());
  }

  @Override
  public void count(List<Job<Body, IntakeResult>> jobs) {
    count(services.names().assigned(jobs), false);
  }

  /**
   * @param ofOneMerchant whether one merchant's bodies are tried separately, after a failure
   *     together with others
   */
  private void count(List<Job<Body, IntakeResult>> jobs, boolean ofOneMerchant) {
    List<Job<Body, IntakeResult>> left = jobs;
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

  private void failed(List<Job<Body, IntakeResult>> jobs, Exception e) {
    log.warn("Events could not be counted: {}", e.toString());
    List<List<Job<Body, IntakeResult>>> apart = PerMerchantRetry.of(jobs, e);
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
    // Nothing to release.
  }

  /** One transaction. */
  private final class Attempt {

    private final List<Job<Body, IntakeResult>> jobs;
    private final boolean ofOneMerchant;
    private final List<Runnable> answers = new ArrayList<>();
    private final Instant now = services.clocks().later();
    private final IntakeSums sums = services.sumsWriter().begin(series);
    private final Map<BodyKeys.Id, BodyKeys.Stored> keys = new HashMap<>();
    private final TreeMap<BodyKeys.Id, BodyKeys.Stored> claimed = new TreeMap<>();
    private final TreeMap<BodyKeys.Id, BodyKeys.Stored> renewed = new TreeMap<>();
    private final TreeSet<BodyKeys.Id> taken = new TreeSet<>();

    Attempt(List<Job<Body, IntakeResult>> jobs, boolean ofOneMerchant) {
      this.jobs = jobs;
      this.ofOneMerchant = ofOneMerchant;
    }

    /** Counts and answers as many bodies as fit into one transaction; returns how many. */
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
          for (int i = 0; i < jobs.size() && !sums.isFull(); i++) {
            count(jobs.get(i));
          }
          if (!sums.isEmpty()) {
            write(connection);
          }
          counted = true;
        } finally {
          if (!counted || sums.isEmpty()) {
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
      for (Job<Body, IntakeResult> job : jobs) {
        Body.Key key = job.item().key();
        if (key != null) {
          wanted.computeIfAbsent(job.item().merchantId(), _ -> new ArrayList<>()).add(key.text());
        }
      }
      for (var own : wanted.entrySet()) {
        keys.putAll(services.keys().find(connection, own.getKey(), own.getValue()));
      }
    }

    private void count(Job<Body, IntakeResult> job) throws SQLException {
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
        answers.add(() -> job.fail(Problem.keyReused()));
      } else if (stored.counted()) {
        var replay = new IntakeResult(stored.answer(), true);
        answers.add(() -> job.succeed(replay));
      } else if (stored.refused()) {
        var own = new BodyKeys.Stored(key.fingerprint(), answer(job, body, NONE), false, true);
        keys.put(id, own.asCounted());
        renewed.put(id, own);
        taken.add(id);
      } else {
        // The Kafka engine has stored this answer, and has not counted the body yet.
        count(body, NONE, IntakeResponse.of(body.content(), NONE));
        var promised = new IntakeResult(stored.answer(), true);
        answers.add(() -> job.succeed(promised));
        keys.put(id, stored.asCounted());
        taken.add(id);
      }
    }

    private IntakeResponse answer(Job<Body, IntakeResult> job, Body body, BitSet duplicates)
        throws SQLException {
      IntakeResponse answer = IntakeResponse.of(body.content(), duplicates);
      count(body, duplicates, answer);
      answers.add(() -> job.succeed(new IntakeResult(answer, false)));
      return answer;
    }

    private void count(Body body, BitSet duplicates, IntakeResponse verdicts) throws SQLException {
      UUID merchantId = body.merchantId();
      sums.count(
          merchantId,
          services.vocabularies().of(merchantId),
          body.content().events(),
          duplicates,
          verdicts.counts());
    }

    /** Takes locks in this order: keys, totals, panes; rows of one table in key order. */
    private void write(Connection connection) throws SQLException {
      var commit = new MarkedCommit(services.connections().pool(), sums.totals().firstKey(), now);
      commit.mark(connection);
      services.keys().insert(connection, claimed, now);
      services.keys().renew(connection, renewed);
      services.keys().count(connection, taken);
      IntakeSumsWriter.Written written = services.sumsWriter().write(connection, sums, now);
      commit.commit(connection);
      written.committed();
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
