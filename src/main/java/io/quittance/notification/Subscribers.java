package io.quittance.notification;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Whose events anybody wants, as of a second ago: nobody need look for the deliveries of others.
 * Thread-safe.
 */
@Component
final class Subscribers {

  private final JdbcTemplate jdbc;
  private final boolean operatorWants;
  private volatile Set<UUID> merchants = Set.of();

  Subscribers(JdbcTemplate jdbc, NotificationProperties properties) {
    this.jdbc = jdbc;
    this.operatorWants = properties.delivers();
  }

  boolean include(UUID merchantId) {
    return operatorWants || merchants.contains(merchantId);
  }

  /** Notes endpoints that were added or enabled on any replica. */
  void refresh() {
    Set<UUID> found = ConcurrentHashMap.newKeySet();
    jdbc.query(
        "select distinct merchant_id from webhook_endpoints where enabled",
        rs -> {
          found.add(rs.getObject(1, UUID.class));
        });
    merchants = found;
  }
}
