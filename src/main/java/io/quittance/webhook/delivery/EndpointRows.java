package io.quittance.webhook.delivery;

import io.quittance.web.TypeId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Changes rows of endpoints. Skips locked rows, so it never waits. Thread-safe; works in the
 * caller's transaction.
 */
final class EndpointRows {

  /** An endpoint that meets a condition. */
  record Found(UUID id, UUID merchantId, String url) {

    String name() {
      return TypeId.format("whe", id);
    }

    String merchant() {
      return TypeId.format("mch", merchantId);
    }

    Destination destination() {
      return new Destination(merchantId, id);
    }
  }

  /**
   * What a row has to meet.
   *
   * @param sql with the names of its parameters
   */
  record Condition(String sql, Map<String, ?> parameters) {

    static Condition of(String sql) {
      return new Condition(sql, Map.of());
    }
  }

  private static final String FIND =
      """
      select id, merchant_id, url from webhook_endpoints
       where merchant_id in (:merchants) and id in (:ids) and %s
      """;

  /** One at a time: Citus skips locked rows only in a statement on one merchant's rows. */
  private static final String LOCK =
      """
      select id from webhook_endpoints
       where merchant_id = :merchant and id = :id and %s
         for update skip locked
      """;

  private static final String CHANGE =
      "update webhook_endpoints set %s where merchant_id in (:merchants) and id in (:ids)";

  private final JdbcClient jdbc;

  EndpointRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The endpoints that meet the condition, locked or not. Locks none. */
  List<Found> find(Condition condition, Set<Destination> endpoints) {
    if (endpoints.isEmpty()) {
      return List.of();
    }
    return jdbc.sql(FIND.formatted(condition.sql()))
        .params(condition.parameters())
        .param("merchants", endpoints.stream().map(Destination::merchantId).distinct().toList())
        .param("ids", endpoints.stream().map(Destination::endpointId).toList())
        .query(
            (rs, row) ->
                new Found(
                    rs.getObject("id", UUID.class),
                    rs.getObject("merchant_id", UUID.class),
                    rs.getString("url")))
        .list();
  }

  /** Locks the endpoints that meet the condition and are not locked, and returns them. */
  List<Found> lock(Condition condition, Set<Destination> endpoints) {
    String lock = LOCK.formatted(condition.sql());
    return find(condition, endpoints).stream()
        .filter(
            endpoint ->
                jdbc.sql(lock)
                    .params(condition.parameters())
                    .param("merchant", endpoint.merchantId())
                    .param("id", endpoint.id())
                    .query(UUID.class)
                    .optional()
                    .isPresent())
        .toList();
  }

  /** Changes the endpoints that meet the condition and are not locked, and returns them. */
  List<Found> change(String change, Condition condition, Set<Destination> endpoints) {
    List<Found> locked = lock(condition, endpoints);
    if (!locked.isEmpty()) {
      jdbc.sql(CHANGE.formatted(change))
          .param("merchants", locked.stream().map(Found::merchantId).distinct().toList())
          .param("ids", locked.stream().map(Found::id).toList())
          .update();
    }
    return locked;
  }
}
