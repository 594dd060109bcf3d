package io.quittance.webhook.dispatch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quittance.webhook.WebhookProperties;
import io.quittance.webhook.delivery.Destination;
import io.quittance.webhook.delivery.DueDeliveryPoller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Caches for some seconds which merchants have endpoints, so that no deliveries are searched for
 * after payments of the others. {@link DueDeliveryPoller} finds deliveries to newer endpoints.
 * Thread-safe.
 */
@Component
public final class Subscribers {

  private static final Duration TRUSTED = Duration.ofSeconds(10);
  private static final int MERCHANTS_MAX = 100_000;
  private static final int MERCHANTS_AT_ONCE = 1_000;

  private static final String ENDPOINTS =
      "select merchant_id, id from webhook_endpoints where merchant_id in (:merchants) and enabled";

  private final JdbcClient jdbc;
  private final boolean operatorWants;
  private final Cache<UUID, List<Destination>> known =
      Caffeine.newBuilder().maximumSize(MERCHANTS_MAX).expireAfterWrite(TRUSTED).build();

  Subscribers(JdbcClient jdbc, WebhookProperties properties) {
    this.jdbc = jdbc;
    this.operatorWants = properties.delivers();
  }

  /** The destinations of events of these merchants. */
  List<Destination> of(Collection<UUID> merchants) {
    var found = new ArrayList<Destination>();
    var unknown = new HashSet<UUID>();
    for (UUID merchantId : merchants) {
      List<Destination> destinations = known.getIfPresent(merchantId);
      if (destinations == null) {
        unknown.add(merchantId);
      } else {
        found.addAll(destinations);
      }
    }
    for (Set<UUID> part = part(unknown); !part.isEmpty(); part = part(unknown)) {
      read(part).values().forEach(found::addAll);
      unknown.removeAll(part);
    }
    return found;
  }

  private static Set<UUID> part(Set<UUID> merchants) {
    return merchants.stream().limit(MERCHANTS_AT_ONCE).collect(Collectors.toSet());
  }

  private Map<UUID, List<Destination>> read(Set<UUID> merchants) {
    List<Destination> destinations =
        jdbc.sql(ENDPOINTS)
            .param("merchants", merchants)
            .query(
                (rs, row) ->
                    new Destination(
                        rs.getObject("merchant_id", UUID.class), rs.getObject("id", UUID.class)))
            .list();
    Map<UUID, List<Destination>> found = new HashMap<>();
    merchants.forEach(merchantId -> found.put(merchantId, operator(merchantId)));
    for (Destination destination : destinations) {
      found.computeIfAbsent(destination.merchantId(), this::operator).add(destination);
    }
    known.putAll(found);
    return found;
  }

  private List<Destination> operator(UUID merchantId) {
    var destinations = new ArrayList<Destination>();
    if (operatorWants) {
      destinations.add(new Destination(merchantId, null));
    }
    return destinations;
  }

  /** Drops a merchant from the cache. */
  public void forget(UUID merchantId) {
    known.invalidate(merchantId);
  }
}
