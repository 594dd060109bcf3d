package io.quittance.analytics.stream;

import io.quittance.analytics.event.EventBatch;
import io.quittance.analytics.intake.Body;
import io.quittance.analytics.intake.BodyCounter;
import io.quittance.analytics.intake.BodyKeys;
import io.quittance.analytics.intake.CountOutcomeUnknownException;
import io.quittance.analytics.intake.DuplicateFilter;
import io.quittance.analytics.intake.IntakeResponse;
import io.quittance.analytics.intake.IntakeResult;
import io.quittance.analytics.intake.NameAssignment;
import io.quittance.analytics.intake.PerMerchantRetry;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.analytics.stream.RecordSender.Result;
import io.quittance.concurrency.pool.Job;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the bodies of some merchants to Kafka, the waiting ones of a merchant in one record, and
 * answers them when the broker has acknowledged it. Confined to one thread.
 *
 * <p>The class is long because it also decides about records that were not acknowledged.
 */
final class Publisher implements BodyCounter {

  /** What all publishers share. */
  record Services(
      NameAssignment names,
      KeyClaims claims,
      RecordRevocation revocation,
      UncountedRecords uncounted,
      String topic) {}

  private static final Logger log = LoggerFactory.getLogger(Publisher.class);
  private static final BitSet NONE = new BitSet();

  private final Services services;
  private final RecordSender sender;
  private final DuplicateFilter filter;

  Publisher(Services services, RecordSender sender, AnalyticsProperties properties) {
    this.services = services;
    this.sender = sender;
    this.filter =
        new DuplicateFilter(
            properties.dedupeWindow(),
            properties.dedupeCapacity() / properties.shards(),
            System::nanoTime);
  }

  @Override
  public void count(List<Job<Body, IntakeResult>> jobs) throws InterruptedException {
    if (!sender.ready()) {
      jobs.forEach(job -> job.fail(away()));
      return;
    }
    publish(services.names().assigned(jobs));
  }

  private void publish(List<Job<Body, IntakeResult>> jobs) throws InterruptedException {
    KeyClaims.Claims claims;
    try {
      claims = services.claims().claim(jobs.stream().map(Job::item).toList());
    } catch (SQLException | RuntimeException e) {
      failed(jobs, e);
      return;
    }
    List<Job<Body, IntakeResult>> left = jobs;
    while (!left.isEmpty() && sender.ready()) {
      left = left.subList(new Attempt(left, claims).run(), left.size());
    }
    if (!left.isEmpty()) {
      services.claims().refuse(left.stream().map(Job::item).toList());
    }
    left.forEach(job -> job.fail(away()));
  }

  /** Bodies without a key can still be sent. */
  private void failed(List<Job<Body, IntakeResult>> jobs, Exception e) throws InterruptedException {
    log.warn(
        "Idempotency keys could not be stored; only bodies without a key are sent now: {}",
        e.toString());
    publish(jobs.stream().filter(job -> job.item().key() == null).toList());
    List<Job<Body, IntakeResult>> keyed =
        jobs.stream().filter(job -> job.item().key() != null).toList();
    List<List<Job<Body, IntakeResult>>> apart = PerMerchantRetry.of(keyed, e);
    if (apart.isEmpty()) {
      keyed.forEach(job -> job.fail(e));
    }
    for (List<Job<Body, IntakeResult>> own : apart) {
      publish(own);
    }
  }

  private static Problem away() {
    return Problem.of(
            ProblemCode.DEPENDENCY_UNAVAILABLE,
            "Kafka is not available; none of these events was accepted.")
        .dependency("kafka");
  }

  @Override
  public long forgottenEarly() {
    return filter.forgottenEarly();
  }

  @Override
  public void close() {
    sender.close();
  }

  /** A merchant's record, and the jobs that wait for it. */
  private static final class Outgoing {

    private final RecordBuilder record;
    private final List<Job<Body, IntakeResult>> jobs = new ArrayList<>();
    private final List<IntakeResult> answers = new ArrayList<>();
    private final List<Runnable> forget = new ArrayList<>();

    Outgoing(UUID merchantId) {
      this.record = new RecordBuilder(merchantId);
    }

    /**
     * The record has the outcomes as they are counted, even if the answer repeats an earlier one.
     */
    void add(Job<Body, IntakeResult> job, BitSet duplicates, IntakeResult answer) {
      var verdicts = IntakeResponse.of(job.item().content(), duplicates).counts();
      record.add(job.item(), duplicates, verdicts);
      jobs.add(job);
      answers.add(answer);
    }

    int events() {
      return answers.stream().mapToInt(answer -> answer.response().received()).sum();
    }

    void succeed() {
      for (int i = 0; i < jobs.size(); i++) {
        jobs.get(i).succeed(answers.get(i));
      }
    }

    /** Forgets ids that were not counted, so that they are no duplicates when they come again. */
    void fail(Exception reason) {
      forget.forEach(Runnable::run);
      jobs.forEach(job -> job.fail(reason));
    }
  }

  /** One record for each merchant. */
  private final class Attempt {

    private final List<Job<Body, IntakeResult>> jobs;
    private final KeyClaims.Claims claims;
    private final Map<UUID, Outgoing> outgoing = new LinkedHashMap<>();

    Attempt(List<Job<Body, IntakeResult>> jobs, KeyClaims.Claims claims) {
      this.jobs = jobs;
      this.claims = claims;
    }

    /**
     * Sends bodies until a record is full, and answers them.
     *
     * @return how many
     */
    int run() throws InterruptedException {
      filter.begin();
      int taken = 0;
      boolean full = false;
      while (taken < jobs.size() && !full) {
        Job<Body, IntakeResult> job = jobs.get(taken++);
        add(job);
        Outgoing own = outgoing.get(job.item().merchantId());
        full = own != null && own.record.isFull();
      }
      send(List.copyOf(outgoing.values()));
      return taken;
    }

    private void add(Job<Body, IntakeResult> job) {
      Body body = job.item();
      Body.Key key = body.key();
      if (key == null) {
        EventBatch events = body.content().events();
        BitSet duplicates = filter.addAll(events);
        Outgoing own = own(body);
        own.add(
            job,
            duplicates,
            new IntakeResult(IntakeResponse.of(body.content(), duplicates), false));
        own.forget.add(() -> filter.forget(events, duplicates));
        return;
      }
      var id = new BodyKeys.Id(body.merchantId(), key.text());
      BodyKeys.Stored stored = claims.stored().get(id);
      if (stored == null || !stored.fingerprint().equals(key.fingerprint())) {
        job.fail(Problem.keyReused());
      } else if (stored.counted()) {
        job.succeed(new IntakeResult(stored.answer(), true));
      } else {
        own(body).add(job, NONE, new IntakeResult(stored.answer(), !claims.fresh().remove(id)));
      }
    }

    private Outgoing own(Body body) {
      return outgoing.computeIfAbsent(body.merchantId(), Outgoing::new);
    }

    private void send(List<Outgoing> all) throws InterruptedException {
      List<Result> results =
          sender.send(all.stream().map(one -> one.record.end(services.topic())).toList());
      var unanswered = new ArrayList<Outgoing>();
      for (int i = 0; i < all.size(); i++) {
        Outgoing one = all.get(i);
        switch (results.get(i)) {
          case Result.Acknowledged at -> {
            services.uncounted().add(at, one.record.merchantId(), one.events());
            one.succeed();
          }
          case Result.NotSent _ -> refuse(one);
          case Result.Unanswered _ -> unanswered.add(one);
        }
      }
      for (int i = 0; i < unanswered.size(); i++) {
        try {
          revokeOrSucceed(unanswered.get(i));
        } catch (SQLException e) {
          List<Outgoing> left = unanswered.subList(i, unanswered.size());
          log.warn(
              "It is not known whether Kafka stored the events of {} and {} other merchants: {}",
              TypeId.format("mch", left.getFirst().record.merchantId()),
              left.size() - 1,
              e.getMessage());
          var unknown = new CountOutcomeUnknownException(e);
          left.forEach(one -> one.fail(unknown));
          return;
        }
      }
    }

    /** Prevents that a record is ever counted, unless it was. */
    private void revokeOrSucceed(Outgoing one) throws SQLException {
      if (services.revocation().revoke(one.record.merchantId(), one.record.id())) {
        refuse(one);
      } else {
        one.succeed();
      }
    }

    private void refuse(Outgoing one) {
      services.claims().refuse(one.jobs.stream().map(Job::item).toList());
      one.fail(away());
    }
  }
}
