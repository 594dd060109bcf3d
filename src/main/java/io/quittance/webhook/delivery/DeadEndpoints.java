package io.quittance.webhook.delivery;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.audit.AuditEntry;
import io.quittance.audit.AuditTrail;
import io.quittance.database.Dialect;
import io.quittance.database.LockLimitTemplate;
import io.quittance.identity.Origin;
import io.quittance.payment.EventType;
import io.quittance.payment.event.EventLog;
import io.quittance.web.JsonText;
import io.quittance.webhook.delivery.EndpointRows.Condition;
import io.quittance.webhook.delivery.EndpointRows.Found;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Disables endpoints, each in a transaction of its own, with its entry in the audit log and an
 * event for the merchant's other endpoints. One that cannot be disabled now stays enabled, so that
 * its next attempt finds it again. Thread-safe.
 */
@Component
final class DeadEndpoints {

  /**
   * An endpoint to be disabled.
   *
   * @param condition what its row must meet, still
   * @param reason as merchants see it
   */
  record Dead(Found endpoint, Condition condition, String reason) {}

  private static final Logger log = LoggerFactory.getLogger(DeadEndpoints.class);

  private static final String DISABLE =
      """
      update webhook_endpoints set enabled = false, disabled_reason = ?
       where merchant_id = ? and id = ?
      """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final EndpointRows rows;
  private final EventLog events;
  private final NewDeliveries deliveries;
  private final AuditTrail audit;
  private final ObjectMapper json;
  private final Clock clock;

  DeadEndpoints(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      Dialect dialect,
      EventLog events,
      NewDeliveries deliveries,
      AuditTrail audit,
      ObjectMapper json,
      Clock clock) {
    this.jdbc = JdbcClient.create(jdbc);
    this.transactions = LockLimitTemplate.ofRepeated(transactions, jdbc, dialect);
    this.rows = new EndpointRows(this.jdbc);
    this.events = events;
    this.deliveries = deliveries;
    this.audit = audit;
    this.json = json;
    this.clock = clock;
  }

  /** Disables those that still meet their condition and are not locked. Does not fail. */
  void disable(Collection<Dead> endpoints) {
    for (Dead dead : endpoints) {
      try {
        transactions.executeWithoutResult(
            _ ->
                rows.lock(dead.condition(), Set.of(dead.endpoint().destination()))
                    .forEach(found -> disable(found, dead.reason())));
      } catch (RuntimeException e) {
        log.warn(
            "Endpoint {} of {} cannot be disabled now; its next attempt tries again: {}",
            dead.endpoint().name(),
            dead.endpoint().merchant(),
            e.toString());
        // Rows that are locked are skipped, so it is a table, or the database: the others would
        // wait for it, too.
        return;
      }
    }
  }

  private void disable(Found endpoint, String reason) {
    jdbc.sql(DISABLE).params(reason, endpoint.merchantId(), endpoint.id()).update();
    Map<String, String> data = new LinkedHashMap<>();
    data.put("id", endpoint.name());
    data.put("url", endpoint.url());
    data.put("reason", reason);
    audit.record(
        AuditEntry.of(
            endpoint.merchantId(),
            Origin.SYSTEM,
            "webhook_endpoint.disabled",
            endpoint.name(),
            Map.of("url", endpoint.url(), "reason", reason)));
    deliveries.addForSubscribers(
        events.add(
            endpoint.merchantId(),
            EventType.WEBHOOK_ENDPOINT_DISABLED,
            clock.instant(),
            JsonText.of(json, data)));
    log.warn("Endpoint {} of {} is disabled: {}", endpoint.name(), endpoint.merchant(), reason);
  }
}
