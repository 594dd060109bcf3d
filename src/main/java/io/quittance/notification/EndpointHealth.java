package io.quittance.notification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.access.AuditEntry;
import io.quittance.access.AuditTrail;
import io.quittance.access.Origin;
import io.quittance.payment.EventLog;
import io.quittance.payment.EventType;
import io.quittance.web.TypeId;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keeps track of endpoints that fail, and disables those that are gone or have done nothing else
 * for {@link NotificationProperties#disableAfter()}; the merchant's other endpoints are told.
 * Thread-safe; works in the caller's transaction.
 */
@Component
final class EndpointHealth {

  /** An endpoint that something becomes of. */
  private record Found(UUID id, UUID merchantId, String url) {}

  private final JdbcClient jdbc;
  private final EventLog events;
  private final DeliveryQueue queue;
  private final AuditTrail audit;
  private final ObjectMapper json;
  private final Clock clock;
  private final NotificationProperties properties;

  EndpointHealth(
      JdbcClient jdbc,
      EventLog events,
      DeliveryQueue queue,
      AuditTrail audit,
      ObjectMapper json,
      Clock clock,
      NotificationProperties properties) {
    this.jdbc = jdbc;
    this.events = events;
    this.queue = queue;
    this.audit = audit;
    this.json = json;
    this.clock = clock;
    this.properties = properties;
  }

  void note(Collection<Attempt> attempts) {
    Set<UUID> failed = endpoints(attempts, attempt -> !attempt.succeeded());
    Set<UUID> succeeded = endpoints(attempts, Attempt::succeeded);
    Set<UUID> gone = endpoints(attempts, Attempt::gone);
    change("failing_since = current_timestamp", "failing_since is null", failed);
    change("failing_since = null", "failing_since is not null", succeeded);
    locked("and enabled", gone).forEach(endpoint -> disable(endpoint, "it answered 410 Gone"));
    locked("and enabled and failing_since < current_timestamp - " + limit(), failed)
        .forEach(endpoint -> disable(endpoint, "no delivery has succeeded for " + hours()));
  }

  private String limit() {
    return properties.disableAfter().toSeconds() + " * interval '1' second";
  }

  private String hours() {
    return properties.disableAfter().toHours() + " hours";
  }

  private static Set<UUID> endpoints(Collection<Attempt> attempts, Predicate<Attempt> which) {
    return attempts.stream()
        .filter(attempt -> attempt.delivery().endpointId() != null)
        .filter(which)
        .map(attempt -> attempt.delivery().endpointId())
        .collect(Collectors.toSet());
  }

  /** Locks in the order of the ids, as all replicas do, and seldom finds anything to change. */
  private void change(String change, String condition, Set<UUID> ids) {
    List<UUID> affected = locked("and " + condition, ids).stream().map(Found::id).toList();
    if (!affected.isEmpty()) {
      jdbc.sql("update webhook_endpoints set " + change + " where id in (:ids)")
          .param("ids", affected)
          .update();
    }
  }

  private List<Found> locked(String condition, Set<UUID> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    return jdbc.sql(
            "select id, merchant_id, url from webhook_endpoints where id in (:ids) "
                + condition
                + " order by id for update")
        .param("ids", ids)
        .query(
            (rs, row) ->
                new Found(
                    rs.getObject("id", UUID.class),
                    rs.getObject("merchant_id", UUID.class),
                    rs.getString("url")))
        .list();
  }

  private void disable(Found endpoint, String reason) {
    jdbc.sql("update webhook_endpoints set enabled = false, disabled_reason = ? where id = ?")
        .params(reason, endpoint.id())
        .update();
    Map<String, String> data = new LinkedHashMap<>();
    data.put("id", TypeId.format("whe", endpoint.id()));
    data.put("url", endpoint.url());
    data.put("reason", reason);
    audit.record(
        AuditEntry.of(
            endpoint.merchantId(),
            Origin.SYSTEM,
            "webhook_endpoint.disabled",
            TypeId.format("whe", endpoint.id()),
            Map.of("url", endpoint.url(), "reason", reason)));
    queue.addForSubscribers(
        events.add(
            endpoint.merchantId(),
            EventType.WEBHOOK_ENDPOINT_DISABLED,
            clock.instant(),
            write(data)));
  }

  private String write(Map<String, String> data) {
    try {
      return json.writeValueAsString(data);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event cannot be written", e);
    }
  }
}
