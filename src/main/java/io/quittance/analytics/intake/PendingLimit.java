package io.quittance.analytics.intake;

import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.analytics.pane.AnalyticsProperties;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Limits how many events of a merchant wait for their payments: more than that count as failed at
 * once. It reads the number once a second, so events of one second may exceed the limit.
 * Thread-safe.
 */
@Component
final class PendingLimit {

  private static final String PENDING =
      "select merchant_id, enrichment_pending from analytics_totals where enrichment_pending > ?";

  private final JdbcClient jdbc;
  private final long limit;
  private volatile Map<UUID, Long> many = Map.of();

  PendingLimit(AnalyticsConnections connections, AnalyticsProperties properties) {
    this.jdbc = JdbcClient.create(connections.pool());
    this.limit = properties.maxPending();
  }

  @Scheduled(fixedDelayString = "${quittance.analytics.catch-up-interval:1s}")
  void check() {
    var found = new HashMap<UUID, Long>();
    jdbc.sql(PENDING)
        .param(limit / 2)
        .query(
            rs -> {
              found.put(rs.getObject(1, UUID.class), rs.getLong(2));
            });
    many = Map.copyOf(found);
  }

  /** Whether one more event may wait, besides this many new ones. */
  boolean hasRoom(UUID merchantId, long more) {
    return many.getOrDefault(merchantId, 0L) + more < limit;
  }
}
