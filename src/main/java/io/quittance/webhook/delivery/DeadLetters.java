package io.quittance.webhook.delivery;

import static java.util.Comparator.naturalOrder;

import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import io.quittance.web.TypeId;
import io.quittance.webhook.delivery.DueDeliveryPoller.Found;
import io.quittance.webhook.endpoint.Endpoint;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Ends due deliveries to endpoints that are disabled or deleted, a few at a time; their history
 * says why. Thread-safe.
 */
@Component
public final class DeadLetters {

  public static final String DISABLED = "the endpoint is disabled";
  public static final String DELETED = "the endpoint was deleted";

  private static final int ENDPOINTS_AT_ONCE = 10;
  private static final int DELIVERIES_AT_ONCE = 250;

  /**
   * Whether the merchant disabled or deleted it, or its receiver is gone. Skips an endpoint that
   * was enabled since it was found, or is being enabled: its deliveries are sent.
   */
  private static final String LOCK_DISABLED =
      """
      select deleted_at is not null or disabled_reason in ('%s', '%s') as unwanted
        from webhook_endpoints
       where merchant_id = ? and id = ? and not enabled
         for update skip locked
      """
          .formatted(Endpoint.BY_THE_MERCHANT, Endpoint.GONE);

  private static final String DUE =
      """
      select id from deliveries
       where merchant_id = ? and endpoint_id = ?
         and state = 'pending' and next_attempt_at <= current_timestamp
       order by next_attempt_at
       limit ?
         for update skip locked
      """;

  private static final String END =
      """
      update deliveries set state = 'dead', attempts = attempts + 1, last_error = ?
       where merchant_id = ? and id = ?
      """;

  private static final String NOTE =
      """
      insert into delivery_attempts (merchant_id, delivery_id, id, started_at, duration_ms, error)
      values (?, ?, ?, current_timestamp, 0, ?)
      """;

  /** After this time, no transaction is left that saw the endpoint and adds deliveries to it. */
  private static final Duration DELETED_KEPT = Duration.ofHours(1);

  private static final String DELETED_ENDPOINTS =
      """
      select w.merchant_id, w.id from webhook_endpoints w
       where w.deleted_at < ?
         and not exists (select 1 from deliveries d
                          where d.merchant_id = w.merchant_id and d.endpoint_id = w.id
                            and d.state = 'pending')
      """;

  private static final String LOCK_ENDPOINT =
      """
      select id from webhook_endpoints where merchant_id = ? and id = ? for update skip locked
      """;

  private static final String FORGET =
      "delete from webhook_endpoints where merchant_id = ? and id = ?";

  /**
   * What was ended at one endpoint.
   *
   * @param unwanted as in {@link DeliveryCounts#ended}
   */
  private record Ended(int deliveries, boolean unwanted) {}

  private static final Comparator<Destination> BY_ID =
      Comparator.comparing(Destination::merchantId)
          .thenComparing(Destination::endpointId, Comparator.nullsFirst(naturalOrder()));

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final Dialect dialect;
  private final DeliveryCounts counts;
  private final RoundRobin<Destination> turns = new RoundRobin<>(BY_ID);

  DeadLetters(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      Dialect dialect,
      DeliveryCounts counts) {
    this.jdbc = jdbc;
    this.transactions = new TransactionTemplate(transactions);
    this.dialect = dialect;
    this.counts = counts;
  }

  /**
   * Ends a limited number of due deliveries to endpoints that are disabled or deleted. Endpoints
   * take turns, so that a large backlog does not delay the others. An endpoint that is enabled by
   * now, or whose row is locked, is skipped.
   */
  public void endDeliveries(List<Found> gone) {
    List<Found> next =
        turns.next(gone, Found::destination).stream().limit(ENDPOINTS_AT_ONCE).toList();
    for (Found found : next) {
      turns.recordTurn(found.destination());
      Ended ended =
          transactions.execute(
              status -> end(found.destination(), found.deleted() ? DELETED : DISABLED));
      if (ended != null) {
        counts.ended(ended.deliveries(), ended.unwanted());
      }
    }
  }

  /** Null: the endpoint takes deliveries, or its row is locked. */
  private @Nullable Ended end(Destination destination, String why) {
    dialect.commitWithoutWaiting(jdbc);
    UUID merchantId = destination.merchantId();
    List<Boolean> unwanted =
        jdbc.query(
            LOCK_DISABLED,
            (rs, row) -> rs.getBoolean("unwanted"),
            merchantId,
            destination.endpointId());
    if (unwanted.isEmpty()) {
      return null;
    }
    List<UUID> due =
        jdbc.queryForList(
            DUE, UUID.class, merchantId, destination.endpointId(), DELIVERIES_AT_ONCE);
    jdbc.batchUpdate(NOTE, rows(due, id -> new Object[] {merchantId, id, TypeId.next(), why}));
    jdbc.batchUpdate(END, rows(due, id -> new Object[] {why, merchantId, id}));
    return new Ended(due.size(), unwanted.getFirst());
  }

  private static List<Object[]> rows(List<UUID> ids, Function<UUID, Object[]> row) {
    return ids.stream().map(row).toList();
  }

  /**
   * Deletes the rows of deleted endpoints without waiting deliveries, unless the rows are locked.
   */
  void forgetDeleted() {
    jdbc.query(
            DELETED_ENDPOINTS,
            (rs, row) ->
                new Destination(
                    rs.getObject("merchant_id", UUID.class), rs.getObject("id", UUID.class)),
            Instants.parameter(dialect.earlierNow(jdbc).minus(DELETED_KEPT)))
        .forEach(
            endpoint -> transactions.executeWithoutResult(status -> forgetUnlessLocked(endpoint)));
  }

  private void forgetUnlessLocked(Destination endpoint) {
    UUID merchantId = endpoint.merchantId();
    for (UUID id :
        jdbc.queryForList(LOCK_ENDPOINT, UUID.class, merchantId, endpoint.endpointId())) {
      jdbc.update(FORGET, merchantId, id);
    }
  }
}
