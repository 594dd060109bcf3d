package io.quittance.analytics.payment;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.analytics.pane.Step;
import io.quittance.database.Dialect;
import io.quittance.database.ReportConnections;
import io.quittance.web.TypeId;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Compares, for each minute, how many payments each merchant made with how many its panes show, and
 * counts the differences for an alert. It uses the database's clock. It reads the payments of a few
 * minutes by their index, on the watches' connection; {@link JournaledEvents} compares all of a
 * merchant's. Confined to the thread of its job, but for {@link #difference}.
 */
@Component
final class PaneWatch {

  private static final Logger log = LoggerFactory.getLogger(PaneWatch.class);

  /** After this time, all payments of a minute are committed, whatever their deadlines. */
  private static final Duration LAG = Duration.ofMinutes(5);

  /** How much one check covers at most, if earlier ones were missed. */
  private static final Duration RANGE_MAX = Duration.ofMinutes(10);

  private static final String DIFFERENT =
      """
      select merchant_id, stored, shown from (
        select m.id as merchant_id,
               (select count(*) from payments p
                 where p.merchant_id = m.id and p.created_at >= ? and p.created_at < ?
                   and p.counted) as stored,
               (select coalesce(sum(a.occurrences), 0) from analytics_panes a
                 where a.merchant_id = m.id and a.metric = ? and a.step = ?
                   and a.starts_at >= ? and a.starts_at < ?) as shown
          from %s m) compared
       where stored <> shown
      """;

  private record Compared(UUID merchantId, long stored, long shown) {}

  private final ReportConnections connections;
  private final Dialect dialect;
  private final PendingDeltas pending;
  private final Counter differences;
  private @Nullable Instant checkedUntil;

  PaneWatch(
      ReportConnections connections,
      Dialect dialect,
      PendingDeltas pending,
      MeterRegistry registry) {
    this.connections = connections;
    this.dialect = dialect;
    this.pending = pending;
    this.differences =
        Counter.builder("quittance.analytics.differences")
            .description("Payments that panes lack, or have too many (must stay 0)")
            .register(registry);
  }

  @Scheduled(initialDelayString = "PT1M", fixedDelayString = "PT1M")
  void check() {
    Instant now = connections.watch(dialect::now);
    Instant to = now.minus(LAG).truncatedTo(ChronoUnit.MINUTES);
    Instant earliest = to.minus(RANGE_MAX);
    Instant from =
        checkedUntil == null || checkedUntil.isBefore(earliest) ? earliest : checkedUntil;
    if (!from.isBefore(to)) {
      return;
    }
    differences.increment(difference(from, to));
    checkedUntil = to;
  }

  /** How many payments of whole minutes panes lack or have too many, of all merchants. */
  long difference(Instant from, Instant to) {
    return connections.watch(
        jdbc ->
            different(jdbc, from, to).stream()
                .mapToLong(found -> count(jdbc, found, from, to))
                .sum());
  }

  private List<Compared> different(JdbcOperations jdbc, Instant from, Instant to) {
    return jdbc.query(
        DIFFERENT.formatted(dialect.merchants()),
        (row, number) ->
            new Compared(
                row.getObject("merchant_id", UUID.class),
                row.getLong("stored"),
                row.getLong("shown")),
        utc(from),
        utc(to),
        PaymentPanes.PAYMENTS,
        Step.MINUTE.seconds(),
        utc(from),
        utc(to));
  }

  /** The difference without payments that wait to be rolled up. */
  private long count(JdbcOperations jdbc, Compared found, Instant from, Instant to) {
    long waiting;
    try {
      waiting = pending.begun(jdbc, found.merchantId(), from, to);
    } catch (UnreadableDeltaException e) {
      log.warn(
          "Payments of {} cannot be compared with their panes: {}",
          TypeId.format("mch", found.merchantId()),
          e.getMessage());
      return 0;
    }
    long missing = found.stored() - found.shown() - waiting;
    if (missing != 0) {
      log.error(
          "Analytics of {} differ: {} payments were made from {} to {}, panes show {}, {} are pending",
          TypeId.format("mch", found.merchantId()),
          found.stored(),
          from,
          to,
          found.shown(),
          waiting);
    }
    return Math.abs(missing);
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
