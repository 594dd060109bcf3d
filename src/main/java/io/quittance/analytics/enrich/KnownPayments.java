package io.quittance.analytics.enrich;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.database.Dialect;
import io.quittance.database.UnreadableRows;
import io.quittance.payment.event.PaymentSummaries;
import io.quittance.payment.event.PaymentSummaries.Summary;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Finds the payments that events name: a cache, and look-ups of up to 512 payments, with a time
 * limit and a circuit breaker. Payments whose status may change are cached for seconds only.
 * Thread-safe.
 */
@Component
public final class KnownPayments {

  private static final Logger log = LoggerFactory.getLogger(KnownPayments.class);

  /** The breaker's name. */
  static final String NAME = "analytics";

  private static final int KEYS_PER_QUERY_MAX = 512;
  private static final int CACHED_MAX = 100_000;
  private static final Duration KEPT_WHEN_ENDED = Duration.ofMinutes(10);
  private static final Duration KEPT_OTHERWISE = Duration.ofSeconds(5);

  /**
   * The result of a look-up.
   *
   * @param payments the payments that exist
   * @param unreadable payments that exist and cannot be read now
   */
  record Found(Map<UUID, Summary> payments, Set<UUID> unreadable) {}

  private record Key(UUID merchantId, UUID paymentId) {}

  private final AnalyticsConnections connections;
  private final Dialect dialect;
  private final Duration limit;
  private final CircuitBreaker breaker;
  private final UnreadableRows unreadable = new UnreadableRows(log, "Events wait for payments");
  private final Cache<Key, Optional<Summary>> known =
      Caffeine.newBuilder()
          .maximumSize(CACHED_MAX)
          .expireAfter(
              Expiry.<Key, Optional<Summary>>creating(
                  (_, payment) ->
                      payment.map(Summary::ended).orElse(false) ? KEPT_WHEN_ENDED : KEPT_OTHERWISE))
          .build();

  KnownPayments(
      AnalyticsConnections connections,
      Dialect dialect,
      AnalyticsProperties properties,
      CircuitBreakerRegistry breakers) {
    this.connections = connections;
    this.dialect = dialect;
    this.limit = properties.lookUpLimit();
    this.breaker = breakers.circuitBreaker(NAME);
  }

  /** The payment; empty if there is none; null if it is not cached. */
  public @Nullable Optional<Summary> get(UUID merchantId, UUID paymentId) {
    return known.getIfPresent(new Key(merchantId, paymentId));
  }

  /** Whether a look-up would be tried now. */
  boolean available() {
    return breaker.getState() != CircuitBreaker.State.OPEN;
  }

  /**
   * Finds payments of a merchant, and looks up those that are not cached.
   *
   * @throws SQLException some could not be looked up
   * @throws CallNotPermittedException the breaker is open
   */
  Found find(UUID merchantId, Collection<UUID> paymentIds) throws SQLException {
    var found = new Found(new HashMap<>(), new HashSet<>());
    var unknown = new ArrayList<UUID>();
    for (UUID id : Set.copyOf(paymentIds)) {
      Optional<Summary> payment = get(merchantId, id);
      if (payment == null) {
        unknown.add(id);
      } else {
        payment.ifPresent(summary -> found.payments().put(id, summary));
      }
    }
    for (int from = 0; from < unknown.size(); from += KEYS_PER_QUERY_MAX) {
      int to = Math.min(unknown.size(), from + KEYS_PER_QUERY_MAX);
      PaymentSummaries.Found some = lookUp(merchantId, unknown.subList(from, to));
      some.payments().forEach(summary -> found.payments().put(summary.id(), summary));
      found.unreadable().addAll(some.unreadable());
    }
    return found;
  }

  /** Only failures of the database count for the breaker, because all merchants share it. */
  private PaymentSummaries.Found lookUp(UUID merchantId, List<UUID> paymentIds)
      throws SQLException {
    breaker.acquirePermission();
    long start = System.nanoTime();
    PaymentSummaries.Found found;
    try {
      found = query(merchantId, paymentIds);
    } catch (SQLException | DataAccessException | Error e) {
      breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, e);
      throw e;
    } catch (RuntimeException e) {
      breaker.releasePermission();
      throw e;
    }
    breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    keep(merchantId, paymentIds, found);
    return found;
  }

  private PaymentSummaries.Found query(UUID merchantId, List<UUID> paymentIds) throws SQLException {
    try (Connection connection = connections.pool().getConnection()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            dialect.either("set local statement_timeout = " + limit.toMillis(), "select 1"));
        return PaymentSummaries.find(connection, merchantId, paymentIds, unreadable);
      } finally {
        connection.rollback();
      }
    }
  }

  private void keep(UUID merchantId, List<UUID> paymentIds, PaymentSummaries.Found found) {
    Set<UUID> missing = new HashSet<>(paymentIds);
    missing.removeAll(found.unreadable());
    for (Summary payment : found.payments()) {
      missing.remove(payment.id());
      known.put(new Key(merchantId, payment.id()), Optional.of(payment));
    }
    missing.forEach(id -> known.put(new Key(merchantId, id), Optional.empty()));
  }
}
