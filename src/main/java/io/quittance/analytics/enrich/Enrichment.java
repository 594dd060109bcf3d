package io.quittance.analytics.enrich;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.analytics.name.Name;
import io.quittance.analytics.name.SeriesLimit;
import io.quittance.analytics.name.Vocabularies;
import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.analytics.pane.PaneStore;
import io.quittance.analytics.pane.Totals;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.payment.event.PaymentSummaries.Summary;
import io.quittance.web.TypeId;
import jakarta.annotation.PreDestroy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Looks up the payments of events that were counted without them, and moves the events into the
 * panes of the payment's payee, currency and status. If a look-up fails, this replica or another
 * one repeats it. Look-ups never keep an intake worker waiting. Thread-safe.
 */
@Component
public final class Enrichment {

  private static final Logger log = LoggerFactory.getLogger(Enrichment.class);
  private static final int BATCHES_QUEUED_MAX = 256;
  private static final int QUEUED_PER_MERCHANT_MAX = BATCHES_QUEUED_MAX / 4;
  private static final int BATCHES_AT_ONCE_MAX = 16;

  /** Stored batches are taken up only while the queue is less full than this. */
  private static final double BUSY = 0.5;

  /** Older batches were never queued, or have failed. */
  private static final Duration FRESH = Duration.ofSeconds(2);

  private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(30);

  private final AnalyticsConnections connections;
  private final KnownPayments payments;
  private final Vocabularies vocabularies;
  private final Totals totals;
  private final PaneStore panes;
  private final Clock clock;
  private final WorkerPool<PendingBatch, Boolean> pool;

  /** Batches in the pool, so that none is queued twice. */
  private final Set<UUID> queued = ConcurrentHashMap.newKeySet();

  /** Used only by the pool's one worker. */
  private final SeriesLimit series;

  /**
   * Where the next search for stored batches begins, so that it gets past those that fail again.
   */
  private volatile PendingTable.Place next = PendingTable.Place.FIRST;

  Enrichment(
      AnalyticsConnections connections,
      KnownPayments payments,
      Vocabularies vocabularies,
      Totals totals,
      PaneStore panes,
      AnalyticsProperties properties,
      Clock clock,
      MeterRegistry registry) {
    this.connections = connections;
    this.payments = payments;
    this.vocabularies = vocabularies;
    this.totals = totals;
    this.panes = panes;
    this.clock = clock;
    this.series = new SeriesLimit(properties.maxSeries());
    this.pool =
        WorkerPool.<PendingBatch, Boolean>named("analytics-enrichment", this::enrich)
            .capacity(BATCHES_QUEUED_MAX)
            .maxBatch(BATCHES_AT_ONCE_MAX)
            .inTurns(PendingBatch::merchantId)
            .perParty(BATCHES_AT_ONCE_MAX, QUEUED_PER_MERCHANT_MAX)
            .start(registry);
  }

  /** Queues batches that are stored; those without room are found later. */
  public void offer(List<PendingBatch> batches) {
    for (PendingBatch batch : batches) {
      if (payments.available() && queued.add(batch.id())) {
        submit(batch);
      }
    }
  }

  private void submit(PendingBatch batch) {
    try {
      var _ =
          pool.submit(batch, Deadline.after(QUEUE_TIMEOUT))
              .whenComplete((_, _) -> queued.remove(batch.id()));
    } catch (RejectedExecutionException e) {
      queued.remove(batch.id());
      log.debug("Pending events could not be queued; the sweep looks them up: {}", e.getMessage());
    }
  }

  /** Queues stored batches that any replica has left. */
  @Scheduled(fixedDelayString = "${quittance.analytics.catch-up-interval:1s}")
  void catchUp() throws SQLException {
    if (pool.utilisation() >= BUSY || !payments.available()) {
      return;
    }
    try (Connection connection = connections.pool().getConnection()) {
      PendingTable.Page left =
          PendingTable.from(next, connection, clock.instant().minus(FRESH), BATCHES_AT_ONCE_MAX);
      connection.rollback();
      next = left.next();
      offer(left.batches());
    }
  }

  /** Each merchant separately, so that rows that cannot be read delay no other merchant. */
  private void enrich(List<Job<PendingBatch, Boolean>> jobs) {
    Map<UUID, List<Job<PendingBatch, Boolean>>> byMerchant = new LinkedHashMap<>();
    for (Job<PendingBatch, Boolean> job : jobs) {
      byMerchant.computeIfAbsent(job.item().merchantId(), _ -> new ArrayList<>()).add(job);
    }
    byMerchant.forEach(this::enrich);
  }

  private void enrich(UUID merchantId, List<Job<PendingBatch, Boolean>> jobs) {
    List<PendingBatch> batches = jobs.stream().map(Job::item).toList();
    try {
      KnownPayments.Found found = payments.find(merchantId, payments(batches));
      apply(merchantId, batches, facts(merchantId, found.payments()), found.unreadable());
      jobs.forEach(job -> job.succeed(true));
    } catch (CallNotPermittedException e) {
      log.debug("Events wait for their payments: {}", e.getMessage());
      jobs.forEach(job -> job.fail(e));
    } catch (SQLException | RuntimeException e) {
      log.warn(
          "Events of {} wait for their payments to be looked up: {}",
          TypeId.format("mch", merchantId),
          e.toString());
      jobs.forEach(job -> job.fail(e));
    }
  }

  private static Set<UUID> payments(List<PendingBatch> batches) {
    return batches.stream()
        .flatMap(batch -> batch.groups().stream())
        .flatMap(group -> group.events().stream())
        .map(PendingBatch.Event::paymentId)
        .collect(toUnmodifiableSet());
  }

  private Map<UUID, PaymentFacts> facts(UUID merchantId, Map<UUID, Summary> found)
      throws SQLException {
    Map<String, Name> payees = new HashMap<>();
    found
        .values()
        .forEach(
            payment ->
                payees.computeIfAbsent(
                    payment.payee(), payee -> Name.unassigned(Name.PAYEES, payee)));
    vocabularies.assign(merchantId, payees.values());
    Map<UUID, PaymentFacts> facts = new HashMap<>();
    found.forEach(
        (id, payment) ->
            facts.put(
                id,
                new PaymentFacts(
                    Objects.requireNonNull(payees.get(payment.payee())).assigned().text(),
                    payment.currency(),
                    payment.status())));
    return facts;
  }

  /** Events whose payments cannot be read keep waiting for a version that can read them. */
  private void apply(
      UUID merchantId,
      List<PendingBatch> batches,
      Map<UUID, PaymentFacts> facts,
      Set<UUID> unreadable)
      throws SQLException {
    List<PendingBatch> known =
        batches.stream().filter(batch -> batch.without(unreadable).size() > 0).toList();
    try (Connection connection = connections.pool().getConnection()) {
      try {
        series.at(clock.instant().getEpochSecond());
        var moves = new EventMoves(merchantId, facts, series);
        var counts = new TreeMap<UUID, Totals.Counts>();
        var left = new ArrayList<PendingBatch>();
        for (PendingBatch batch : PendingTable.take(connection, known)) {
          counts.merge(merchantId, moves.add(batch.without(unreadable)), Totals.Counts::plus);
          left.add(batch.rest(unreadable));
        }
        left.removeIf(batch -> batch.size() == 0);
        PendingTable.insert(connection, left, clock.instant());
        totals.add(connection, counts);
        panes.add(connection, moves.deltas(), clock.instant());
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  @PreDestroy
  void close() {
    pool.close();
  }
}
