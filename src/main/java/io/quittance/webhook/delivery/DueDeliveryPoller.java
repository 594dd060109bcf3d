package io.quittance.webhook.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Ticker;
import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import io.quittance.webhook.WebhookProperties;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Finds due deliveries that no commit on this replica announces: retries, deliveries of a dead
 * replica, late commits. It reads only each endpoint's first due delivery, so a backlog costs no
 * more than one delivery. Confined to one thread, except for its metric.
 */
@Component
public final class DueDeliveryPoller {

  /**
   * A destination with something due.
   *
   * @param enabled whether it still takes deliveries
   * @param deleted whether it is gone for good
   * @param paused whether it failed lately, and one attempt has to succeed before the others
   * @param ready whether one may be attempted now
   * @param oldest when the first of them was due
   */
  public record Found(
      Destination destination,
      boolean enabled,
      boolean deleted,
      boolean paused,
      boolean ready,
      Instant oldest) {}

  /**
   * The result of a poll.
   *
   * @param since deliveries that were due before this instant were left out
   */
  public record Poll(List<Found> found, Instant since) {}

  private static final int FOUND_MAX = 10_000;

  /** A limit of their own for disabled endpoints, so that they take no room from enabled ones. */
  private static final int GONE_MAX = 1_000;

  /** How long after it is due a delivery may become visible: no transaction lives longer. */
  private static final Duration LATE_MAX = Duration.ofSeconds(30);

  /**
   * A paused endpoint may have deliveries that were due long ago, and is searched from the
   * beginning.
   */
  private static final String AT_ENDPOINTS =
      """
      select * from (
        select w.merchant_id, w.id, w.enabled, w.deleted_at is not null as deleted,
               w.closed_until is not null as paused,
               w.closed_until is null or w.closed_until <= current_timestamp as is_ready,
               (select d.next_attempt_at from deliveries d
                 where d.merchant_id = w.merchant_id and d.endpoint_id = w.id
                   and d.state = 'pending' and d.next_attempt_at <= current_timestamp
                   and d.next_attempt_at >= case when w.closed_until is null
                          then cast(? as timestamp with time zone)
                          else cast(? as timestamp with time zone) end
                 order by d.next_attempt_at limit 1) as oldest
          from webhook_endpoints w where %s offset 0) as looked_at
       where oldest is not null
       order by is_ready desc, oldest
       limit ?
      """;

  private static final String AT_OPERATOR =
      """
      select * from (
        select m.id as merchant_id, cast(null as uuid) as id, true as enabled, false as deleted,
               false as paused, true as is_ready,
               (select d.next_attempt_at from deliveries d
                 where d.merchant_id = m.id and d.endpoint_id is null
                   and d.state = 'pending' and d.next_attempt_at <= current_timestamp
                   and d.next_attempt_at >= ?
                 order by d.next_attempt_at limit 1) as oldest
          from %s m offset 0) as looked_at
       where oldest is not null
       order by oldest
       limit ?
      """;

  private final JdbcTemplate jdbc;
  private final Dialect dialect;
  private final boolean operatorWants;
  private final Ticker ticker;
  private final DutyCycle polls;
  private final DutyCycle fullPolls;
  private @Nullable Instant lastPoll;
  private volatile Instant polledUntil = Instant.EPOCH;
  private volatile double oldestSeconds = Double.NaN;
  private volatile double oldestUnpausedSeconds = Double.NaN;

  @Autowired
  DueDeliveryPoller(
      JdbcTemplate jdbc, Dialect dialect, WebhookProperties properties, MeterRegistry registry) {
    this(jdbc, dialect, properties, registry, Ticker.SYSTEM);
  }

  DueDeliveryPoller(
      JdbcTemplate jdbc,
      Dialect dialect,
      WebhookProperties properties,
      MeterRegistry registry,
      Ticker ticker) {
    this.jdbc = jdbc;
    this.dialect = dialect;
    this.operatorWants = properties.delivers();
    this.ticker = ticker;
    this.polls = new DutyCycle(ticker);
    this.fullPolls = new DutyCycle(ticker);
    Gauge.builder("quittance.webhook.oldest.waiting", () -> oldestSeconds)
        .description("How long the oldest delivery has been due, paused endpoints included")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder("quittance.webhook.oldest.unpaused", () -> oldestUnpausedSeconds)
        .description("How long the oldest delivery to an endpoint that is not paused has been due")
        .baseUnit("seconds")
        .register(registry);
  }

  /**
   * Looks for due deliveries if it is time to; null if not. While a snapshot is kept open for
   * hours, rows of finished deliveries cannot be vacuumed, and a full poll reads all of them. So
   * most polls then start shortly before the last one. The same holds after a full poll that
   * failed.
   */
  public @Nullable Poll poll() {
    if (!polls.due()) {
      return null;
    }
    try {
      return pollNow();
    } catch (RuntimeException e) {
      oldestSeconds = Double.NaN;
      oldestUnpausedSeconds = Double.NaN;
      throw e;
    }
  }

  private Poll pollNow() {
    boolean full = fullPolls.due();
    Instant now = dialect.now(jdbc);
    Instant since =
        full ? Instant.EPOCH : Objects.requireNonNullElse(lastPoll, now).minus(LATE_MAX);
    Deadline watch = Deadline.after(Duration.ZERO, ticker);
    List<Found> found;
    try {
      found = dueSince(since);
    } finally {
      // Counts a failed one, too: a poll that always takes too long must not be tried each time.
      if (full) {
        fullPolls.took(watch.used());
      }
    }
    polls.took(watch.used());
    if (full) {
      note(found, now);
    }
    lastPoll = now;
    if (full || polledUntil.isAfter(Instant.EPOCH)) {
      polledUntil = now;
    }
    return new Poll(found, since);
  }

  private List<Found> dueSince(Instant since) {
    List<Found> found = new ArrayList<>(atEndpoints("w.enabled", since, FOUND_MAX));
    found.addAll(atEndpoints("not w.enabled", since, GONE_MAX));
    if (operatorWants) {
      found.addAll(
          jdbc.query(
              AT_OPERATOR.formatted(dialect.merchants()),
              (rs, row) -> found(rs),
              Instants.parameter(since),
              FOUND_MAX));
    }
    return found;
  }

  private List<Found> atEndpoints(String which, Instant since, int limit) {
    return jdbc.query(
        AT_ENDPOINTS.formatted(which),
        (rs, row) -> found(rs),
        Instants.parameter(since),
        Instants.parameter(Instant.EPOCH),
        limit);
  }

  private void note(List<Found> found, Instant now) {
    oldestSeconds = oldest(found.stream().filter(Found::enabled), now);
    oldestUnpausedSeconds =
        oldest(found.stream().filter(each -> each.enabled() && !each.paused()), now);
  }

  private static double oldest(Stream<Found> found, Instant now) {
    return found
        .map(Found::oldest)
        .min(Instant::compareTo)
        .map(oldest -> Duration.between(oldest, now).toMillis() / 1000.0)
        .orElse(0.0);
  }

  /** All deliveries that were due before this instant have been found; by the database's clock. */
  public Instant polledUntil() {
    return polledUntil;
  }

  private static Found found(ResultSet rs) throws SQLException {
    return new Found(
        new Destination(rs.getObject("merchant_id", UUID.class), rs.getObject("id", UUID.class)),
        rs.getBoolean("enabled"),
        rs.getBoolean("deleted"),
        rs.getBoolean("paused"),
        rs.getBoolean("is_ready"),
        Instants.read(rs, "oldest"));
  }
}
