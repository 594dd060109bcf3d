package io.quittance.webhook.dispatch;

import static io.quittance.database.ArrayParameters.bindIds;

import io.quittance.database.Instants;
import io.quittance.webhook.delivery.DeliveryQueue;
import io.quittance.webhook.delivery.Destination;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Finds the deliveries that are due by the database's clock, destination by destination. Locks
 * nothing: what is found is claimed from the {@link DeliveryQueue}. Thread-safe.
 */
@Component
final class DueDeliveries {

  /**
   * The due deliveries of one destination, longest due first.
   *
   * @param halfOpen whether the destination was paused, and is to be probed with one delivery
   * @param deliveries at most as many as were asked for
   */
  record Due(Destination destination, boolean halfOpen, List<UUID> deliveries) {}

  private static final String DUE_AT_ENDPOINTS =
      """
      select w.id, w.closed_until is not null as half_open,
             array(select d.id from deliveries d
                    where d.merchant_id = w.merchant_id and d.endpoint_id = w.id
                      and d.state = 'pending'
                      and d.next_attempt_at between cast(? as timestamp with time zone)
                                            and current_timestamp
                    order by d.next_attempt_at limit ?) as due
        from webhook_endpoints w
       where w.merchant_id = ? and w.id = any(?) and w.enabled
         and (w.closed_until is null or w.closed_until <= current_timestamp)
      """;

  private static final String DUE_AT_OPERATOR =
      """
      select d.id from deliveries d
       where d.merchant_id = ? and d.endpoint_id is null and d.state = 'pending'
         and d.next_attempt_at between ? and current_timestamp
       order by d.next_attempt_at
       limit ?
      """;

  private final JdbcTemplate jdbc;
  private final ReceiverLanes lanes;

  DueDeliveries(JdbcTemplate jdbc, ReceiverLanes lanes) {
    this.jdbc = jdbc;
    this.lanes = lanes;
  }

  /**
   * Finds the due deliveries of destinations of one merchant. Endpoints that are paused or disabled
   * are skipped.
   *
   * @param since what was due before is left out
   * @param limit for each destination
   */
  List<Due> at(List<Destination> destinations, Instant since, int limit) {
    if (destinations.isEmpty()) {
      return List.of();
    }
    UUID merchantId = destinations.getFirst().merchantId();
    List<UUID> endpointIds =
        destinations.stream().map(Destination::endpointId).filter(Objects::nonNull).toList();
    var due = new ArrayList<Due>();
    if (!endpointIds.isEmpty()) {
      due.addAll(atEndpoints(merchantId, endpointIds, since, limit));
    }
    if (endpointIds.size() < destinations.size()) {
      due.add(atOperator(merchantId, lanes.toOperator().halfOpen(), since, limit));
    }
    return due;
  }

  private List<Due> atEndpoints(
      UUID merchantId, Collection<UUID> endpointIds, Instant since, int limit) {
    return jdbc.query(
        DUE_AT_ENDPOINTS,
        statement -> {
          statement.setObject(1, Instants.parameter(since));
          statement.setInt(2, limit);
          statement.setObject(3, merchantId);
          bindIds(statement, 4, endpointIds);
        },
        (rs, row) ->
            new Due(
                new Destination(merchantId, rs.getObject("id", UUID.class)),
                rs.getBoolean("half_open"),
                uuids(rs, "due")));
  }

  /** The operator's own receiver has no row. */
  private Due atOperator(UUID merchantId, boolean halfOpen, Instant since, int limit) {
    return new Due(
        new Destination(merchantId, null),
        halfOpen,
        jdbc.queryForList(
            DUE_AT_OPERATOR, UUID.class, merchantId, Instants.parameter(since), limit));
  }

  private static List<UUID> uuids(ResultSet rs, String column) throws SQLException {
    var ids = new ArrayList<UUID>();
    for (Object id : (Object[]) rs.getArray(column).getArray()) {
      ids.add((UUID) id);
    }
    return ids;
  }
}
