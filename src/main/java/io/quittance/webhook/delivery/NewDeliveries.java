package io.quittance.webhook.delivery;

import static io.quittance.database.ArrayParameters.bind;

import io.quittance.database.Dialect;
import io.quittance.payment.event.EventLog.StoredEvent;
import io.quittance.web.TypeId;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Adds deliveries beside the journal: of events that are asked for again, and of those that are not
 * about payments. {@link Deliveries} adds those of payments. Works in the caller's transaction if
 * there is one. Thread-safe.
 */
@Component
public final class NewDeliveries {

  private static final String ADD =
      """
      insert into deliveries (id, merchant_id, event_id, endpoint_id, state, attempts,
                              next_attempt_at, created_at)
      values (?, ?, ?, ?, 'pending', 0, current_timestamp, current_timestamp)
      """;

  private final JdbcTemplate jdbc;
  private final Dialect dialect;

  NewDeliveries(JdbcTemplate jdbc, Dialect dialect) {
    this.jdbc = jdbc;
    this.dialect = dialect;
  }

  /** Adds a delivery of each event to one endpoint, due now, and returns their ids. */
  public List<UUID> add(UUID merchantId, UUID endpointId, Collection<UUID> eventIds) {
    List<Object[]> rows =
        eventIds.stream()
            .map(eventId -> new Object[] {TypeId.next(), merchantId, eventId, endpointId})
            .toList();
    jdbc.batchUpdate(ADD, rows);
    return rows.stream().map(row -> (UUID) row[0]).toList();
  }

  /**
   * Adds a delivery to each enabled endpoint that takes the event, due now, and returns how many.
   */
  int addForSubscribers(StoredEvent event) {
    return jdbc.update(
        Deliveries.toSubscribers(dialect),
        statement -> {
          bind(statement, 1, "uuid", TypeId.nextWithRoom());
          bind(statement, 2, "uuid", event.merchantId());
          bind(statement, 3, "uuid", event.id());
          bind(statement, 4, "varchar", event.body().type());
          bind(statement, 5, "varchar", dialect.now(jdbc).toString());
          dialect.bindMerchants(statement, 6, event.merchantId());
        });
  }
}
