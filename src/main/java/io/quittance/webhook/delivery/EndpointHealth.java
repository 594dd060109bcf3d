package io.quittance.webhook.delivery;

import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import io.quittance.webhook.WebhookProperties;
import io.quittance.webhook.delivery.DeadEndpoints.Dead;
import io.quittance.webhook.delivery.EndpointRows.Condition;
import io.quittance.webhook.delivery.EndpointRows.Found;
import io.quittance.webhook.endpoint.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keeps track of endpoints that fail: pauses them for a while when nothing succeeds, and finds
 * those that are gone or have only failed for {@link WebhookProperties#disableAfter()}, which are
 * to be disabled. Thread-safe; works in the caller's transaction.
 *
 * <p>An endpoint whose row another transaction has locked is skipped; its next attempt is noted.
 * Otherwise the attempts of all merchants would wait for one row.
 *
 * <p>A failure at a URL that the endpoint no longer has is ignored: its merchant has changed it,
 * and the old receiver says nothing about the new one.
 */
@Component
final class EndpointHealth {

  private static final Logger log = LoggerFactory.getLogger(EndpointHealth.class);

  /** Does nothing if a longer pause is already set. */
  private static final String PAUSE =
      """
      update webhook_endpoints
         set closed_until = current_timestamp + cast(? as bigint) * interval '0.001' second
       where merchant_id = ? and id = ?
         and (closed_until is null
              or closed_until < current_timestamp + cast(? as bigint) * interval '0.001' second)
      """;

  private static final Condition ANY = Condition.of("true");
  private static final Condition ENABLED = Condition.of("enabled");
  private static final Condition FAILING = Condition.of("failing_since is not null");
  private static final Condition NOT_FAILING = Condition.of("failing_since is null");
  private static final Condition PAUSED = Condition.of("closed_until is not null");

  private final JdbcTemplate template;
  private final JdbcClient jdbc;
  private final Dialect dialect;
  private final EndpointRows rows;
  private final WebhookProperties properties;

  /**
   * Endpoints that took a delivery while their rows were locked. It is recorded later; otherwise an
   * old failure could disable an endpoint that rarely succeeds.
   */
  private final Set<Destination> succeededWhileLocked = ConcurrentHashMap.newKeySet();

  EndpointHealth(JdbcTemplate template, Dialect dialect, WebhookProperties properties) {
    this.template = template;
    this.jdbc = JdbcClient.create(template);
    this.dialect = dialect;
    this.rows = new EndpointRows(jdbc);
    this.properties = properties;
  }

  /**
   * Notes the results of attempts.
   *
   * @return the endpoints to be disabled once these are committed
   */
  List<Dead> note(Collection<Attempt> attempts) {
    List<Attempt> made =
        withoutOldUrls(
            attempts.stream()
                .filter(attempt -> attempt.made() && attempt.delivery().endpointId() != null)
                .toList());
    var failed = of(made, attempt -> !attempt.succeeded());
    rows.change("failing_since = current_timestamp", NOT_FAILING, failed)
        .forEach(endpoint -> failing(endpoint, made));
    succeeded(of(made, Attempt::succeeded));
    pause(made);
    rows.change("closed_until = null", PAUSED, of(made, Attempt::resumesEndpoint))
        .forEach(
            endpoint ->
                log.info(
                    "Endpoint {} of {} has recovered; deliveries resume",
                    endpoint.name(),
                    endpoint.merchant()));
    return Stream.concat(gone(made), failedForTooLong(failed)).toList();
  }

  private List<Attempt> withoutOldUrls(List<Attempt> made) {
    Set<Destination> failed = of(made, attempt -> !attempt.succeeded());
    Map<UUID, String> urls =
        rows.find(ANY, failed).stream().collect(Collectors.toMap(Found::id, Found::url));
    return made.stream()
        .filter(
            attempt ->
                attempt.succeeded()
                    || Objects.equals(attempt.url(), urls.get(attempt.delivery().endpointId())))
        .toList();
  }

  /** Disabled only if the URL is still the same then. */
  private Stream<Dead> gone(List<Attempt> made) {
    Map<Destination, String> urls =
        made.stream()
            .filter(Attempt::gone)
            .collect(
                Collectors.toMap(
                    attempt -> attempt.delivery().destination(),
                    attempt -> Objects.requireNonNull(attempt.url()),
                    (url, _) -> url));
    return urls.entrySet().stream()
        .flatMap(
            entry ->
                dead(
                    new Condition("enabled and url = :url", Map.of("url", entry.getValue())),
                    Set.of(entry.getKey()),
                    Endpoint.GONE));
  }

  /** One clock that is ahead does not disable an endpoint that has just begun to fail. */
  private Stream<Dead> failedForTooLong(Set<Destination> failed) {
    if (failed.isEmpty()) {
      return Stream.empty();
    }
    Instant limit = dialect.earlierNow(template).minus(properties.disableAfter());
    var tooLong =
        new Condition(
            "enabled and failing_since < :limit", Map.of("limit", Instants.parameter(limit)));
    return dead(tooLong, failed, "no delivery has succeeded for " + hours());
  }

  private Stream<Dead> dead(Condition condition, Set<Destination> endpoints, String reason) {
    return rows.find(condition, endpoints).stream()
        .map(found -> new Dead(found, condition, reason));
  }

  private void succeeded(Set<Destination> endpoints) {
    Set<Destination> all = new HashSet<>(endpoints);
    all.addAll(succeededWhileLocked);
    Set<Destination> toNote = destinations(rows.find(FAILING, all));
    List<Found> noted = rows.change("failing_since = null", FAILING, toNote);
    noted.forEach(
        endpoint ->
            log.info(
                "Endpoint {} of {} takes deliveries again", endpoint.name(), endpoint.merchant()));
    toNote.removeAll(destinations(noted));
    succeededWhileLocked.addAll(toNote);
    // Not those that another thread has added since.
    all.removeAll(toNote);
    succeededWhileLocked.removeAll(all);
  }

  private static Set<Destination> destinations(Collection<Found> endpoints) {
    return endpoints.stream()
        .map(Found::destination)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static void failing(Found endpoint, List<Attempt> attempts) {
    String error =
        attempts.stream()
            .filter(attempt -> endpoint.id().equals(attempt.delivery().endpointId()))
            .map(Attempt::error)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse("");
    log.warn("Endpoint {} of {} begins to fail: {}", endpoint.name(), endpoint.merchant(), error);
  }

  /**
   * Pauses endpoints. A longer pause that is already set stays; only the pause that is the lease of
   * a probe ends with the probe.
   */
  private void pause(List<Attempt> attempts) {
    Map<UUID, Duration> pauses = new HashMap<>();
    Map<UUID, Duration> outlasts = new HashMap<>();
    for (Attempt attempt : attempts) {
      Duration pause = attempt.endpointPause();
      if (pause != null) {
        UUID endpointId = Objects.requireNonNull(attempt.delivery().endpointId());
        pauses.merge(endpointId, pause, EndpointHealth::longer);
        Duration lease = attempt.delivery().probe() ? properties.lease() : Duration.ZERO;
        outlasts.merge(endpointId, longer(pause, lease), EndpointHealth::longer);
      }
    }
    for (Found endpoint : rows.lock(ENABLED, of(attempts, a -> a.endpointPause() != null))) {
      pause(
          endpoint,
          Objects.requireNonNull(pauses.get(endpoint.id())),
          Objects.requireNonNull(outlasts.get(endpoint.id())));
    }
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  /** Pauses the endpoint, unless a pause longer than {@code outlasts} is already set. */
  private void pause(Found endpoint, Duration pause, Duration outlasts) {
    int changed =
        jdbc.sql(PAUSE)
            .params(pause.toMillis(), endpoint.merchantId(), endpoint.id(), outlasts.toMillis())
            .update();
    if (changed == 1) {
      log.warn(
          "Endpoint {} of {} is paused for {} s; its deliveries wait",
          endpoint.name(),
          endpoint.merchant(),
          pause.toMillis() / 1000.0);
    }
  }

  private String hours() {
    return properties.disableAfter().toHours() + " hours";
  }

  private static Set<Destination> of(Collection<Attempt> attempts, Predicate<Attempt> which) {
    return attempts.stream()
        .filter(which)
        .map(attempt -> attempt.delivery().destination())
        .collect(Collectors.toSet());
  }
}
