package io.quittance.webhook.delivery;

import io.quittance.database.OneByOne;
import io.quittance.web.TypeId;
import io.quittance.webhook.WebhookConnections;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sends again the events that an endpoint has missed since an instant, some a second. The progress
 * is stored with the endpoint, so any replica can continue. Endpoints take turns. Thread-safe.
 */
@Component
final class Backfill {

  private static final int EVENTS_AT_ONCE = 500;
  private static final int ENDPOINTS_AT_ONCE = 20;

  /** How much the clock that made an id may differ from the one that set the time of its event. */
  static final Duration SKEW = Duration.ofMinutes(1);

  /** The progress of an endpoint. */
  private record Progress(
      UUID endpointId,
      UUID merchantId,
      String events,
      OffsetDateTime since,
      OffsetDateTime until,
      @Nullable UUID recoveredTo) {

    UUID after() {
      return recoveredTo == null ? TypeId.first(since.toInstant().minus(SKEW)) : recoveredTo;
    }

    UUID end() {
      return TypeId.first(until.toInstant().plus(SKEW));
    }
  }

  /** An event, and whether the endpoint is to have it. */
  private record Candidate(UUID eventId, boolean wanted) {}

  private static final String EVENTS =
      """
      select e.id,
             e.created_at >= :since and e.created_at <= :until
               and (:events = '*' or position(' ' || e.type || ' ' in :events) > 0)
               and not exists (select 1 from deliveries d
                                where d.merchant_id = e.merchant_id and d.event_id = e.id
                                  and d.endpoint_id = :endpoint
                                  and d.state <> 'dead') as wanted
        from events e
       where e.merchant_id = :merchant and e.id > :after and e.id < :end
       order by e.id
       limit :limit
      """;

  /** Endpoints after the last one of the run before come first. */
  private static final String RECOVERING =
      """
      select merchant_id, id from webhook_endpoints
       where recovering_since is not null and enabled
       order by (merchant_id, id) <= (?, ?), merchant_id, id
       limit ?
      """;

  private static final UUID FIRST = new UUID(0, 0);

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final NewDeliveries deliveries;
  private volatile Destination last = new Destination(FIRST, FIRST);

  Backfill(JdbcClient jdbc, PlatformTransactionManager transactions, NewDeliveries deliveries) {
    this.jdbc = jdbc;
    this.transactions = new TransactionTemplate(transactions);
    this.deliveries = deliveries;
  }

  @Scheduled(fixedDelay = 1000)
  void run() {
    try (var _ = WebhookConnections.forJob()) {
      OneByOne.forEach(
          recovering(), endpoint -> transactions.executeWithoutResult(status -> step(endpoint)));
    }
  }

  private List<Destination> recovering() {
    List<Destination> next =
        jdbc.sql(RECOVERING)
            .params(last.merchantId(), last.endpointId(), ENDPOINTS_AT_ONCE)
            .query(
                (rs, row) ->
                    new Destination(
                        rs.getObject("merchant_id", UUID.class), rs.getObject("id", UUID.class)))
            .list();
    if (!next.isEmpty()) {
      last = next.getLast();
    }
    return next;
  }

  private void step(Destination endpoint) {
    jdbc.sql(
            """
            select id, merchant_id, events, recovering_since, recovering_until, recovered_to
              from webhook_endpoints
             where merchant_id = ? and id = ? and recovering_since is not null and enabled
               for update skip locked
            """)
        .params(endpoint.merchantId(), endpoint.endpointId())
        .query((rs, row) -> progress(rs))
        .optional()
        .ifPresent(this::goOn);
  }

  private static Progress progress(ResultSet rs) throws SQLException {
    return new Progress(
        rs.getObject("id", UUID.class),
        rs.getObject("merchant_id", UUID.class),
        rs.getString("events"),
        Objects.requireNonNull(rs.getObject("recovering_since", OffsetDateTime.class)),
        Objects.requireNonNull(rs.getObject("recovering_until", OffsetDateTime.class)),
        rs.getObject("recovered_to", UUID.class));
  }

  private void goOn(Progress progress) {
    List<Candidate> next =
        jdbc.sql(EVENTS)
            .param("since", progress.since().withOffsetSameInstant(ZoneOffset.UTC))
            .param("until", progress.until().withOffsetSameInstant(ZoneOffset.UTC))
            .param("events", progress.events())
            .param("endpoint", progress.endpointId())
            .param("merchant", progress.merchantId())
            .param("after", progress.after())
            .param("end", progress.end())
            .param("limit", EVENTS_AT_ONCE)
            .query(
                (rs, row) -> new Candidate(rs.getObject("id", UUID.class), rs.getBoolean("wanted")))
            .list();
    deliveries.add(
        progress.merchantId(),
        progress.endpointId(),
        next.stream().filter(Candidate::wanted).map(Candidate::eventId).toList());
    if (next.size() == EVENTS_AT_ONCE) {
      jdbc.sql("update webhook_endpoints set recovered_to = ? where merchant_id = ? and id = ?")
          .params(next.getLast().eventId(), progress.merchantId(), progress.endpointId())
          .update();
    } else {
      jdbc.sql(
              "update webhook_endpoints set recovering_since = null, recovering_until = null,"
                  + " recovered_to = null where merchant_id = ? and id = ?")
          .params(progress.merchantId(), progress.endpointId())
          .update();
    }
  }
}
