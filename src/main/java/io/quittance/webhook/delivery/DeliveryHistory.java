package io.quittance.webhook.delivery;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.quittance.database.Instants;
import io.quittance.web.TypeId;
import io.quittance.web.query.PageRequest;
import jakarta.validation.constraints.Pattern;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Deliveries and their attempts, as merchants see them. Thread-safe. */
@Component
public final class DeliveryHistory {

  /** One attempt as the merchant sees it. */
  record AttemptBody(
      Instant startedAt,
      int durationMs,
      @Nullable Integer status,
      @Nullable String error,
      @Nullable String response) {}

  /** One delivery as the merchant sees it, with its attempts, oldest first. */
  public record DeliveryBody(
      @JsonIgnore UUID key,
      String id,
      String endpointId,
      String eventId,
      @Nullable String eventType,
      @Pattern(regexp = "pending|delivered|dead") String state,
      int attemptCount,
      Instant createdAt,
      @Nullable Instant nextAttemptAt,
      @Nullable Instant deliveredAt,
      List<AttemptBody> attempts) {}

  private static final String SELECT =
      """
      select d.id, d.endpoint_id, d.event_id, e.type, d.state, d.attempts, d.created_at,
             d.next_attempt_at, d.delivered_at
        from deliveries d left join events e on e.merchant_id = d.merchant_id and e.id = d.event_id
      """;

  private final JdbcClient jdbc;

  DeliveryHistory(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The deliveries to an endpoint.
   *
   * @param state pending, delivered or dead; null: all
   */
  public List<DeliveryBody> newestFirst(
      UUID merchantId, UUID endpointId, @Nullable String state, PageRequest page) {
    String filter = state == null ? "" : " and d.state = '" + state + "'";
    return withAttempts(
        merchantId,
        jdbc.sql(
                SELECT
                    + " where d.merchant_id = ? and d.endpoint_id = ? and d.id < ?"
                    + filter
                    + " order by d.id desc limit ?")
            .params(merchantId, endpointId, page.olderThan(), page.fetch())
            .query((rs, row) -> read(rs))
            .list());
  }

  public List<DeliveryBody> find(UUID merchantId, Collection<UUID> ids) {
    return ids.isEmpty()
        ? List.of()
        : withAttempts(
            merchantId,
            jdbc.sql(SELECT + " where d.merchant_id = :merchant and d.id in (:ids) order by d.id")
                .param("merchant", merchantId)
                .param("ids", ids)
                .query((rs, row) -> read(rs))
                .list());
  }

  private static DeliveryBody read(ResultSet rs) throws SQLException {
    UUID id = rs.getObject("id", UUID.class);
    String state = rs.getString("state");
    return new DeliveryBody(
        id,
        TypeId.format("dlv", id),
        TypeId.format("whe", rs.getObject("endpoint_id", UUID.class)),
        TypeId.format("evt", rs.getObject("event_id", UUID.class)),
        rs.getString("type"),
        state,
        rs.getInt("attempts"),
        Instants.read(rs, "created_at"),
        state.equals("pending") ? Instants.readOrNull(rs, "next_attempt_at") : null,
        Instants.readOrNull(rs, "delivered_at"),
        new ArrayList<>());
  }

  private List<DeliveryBody> withAttempts(UUID merchantId, List<DeliveryBody> deliveries) {
    if (!deliveries.isEmpty()) {
      Map<UUID, DeliveryBody> byKey = new HashMap<>();
      deliveries.forEach(delivery -> byKey.put(delivery.key(), delivery));
      jdbc.sql(
              """
              select delivery_id, started_at, duration_ms, http_status, error, excerpt
                from delivery_attempts
               where merchant_id = :merchant and delivery_id in (:deliveries)
               order by id
              """)
          .param("merchant", merchantId)
          .param("deliveries", byKey.keySet())
          .query(
              rs -> {
                Objects.requireNonNull(byKey.get(rs.getObject("delivery_id", UUID.class)))
                    .attempts()
                    .add(attempt(rs));
              });
    }
    return deliveries;
  }

  private static AttemptBody attempt(ResultSet rs) throws SQLException {
    return new AttemptBody(
        Instants.read(rs, "started_at"),
        rs.getInt("duration_ms"),
        rs.getObject("http_status", Integer.class),
        rs.getString("error"),
        rs.getString("excerpt"));
  }
}
