package io.quittance.webhook.delivery;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Ticker;
import io.quittance.database.ArrayParameters;
import io.quittance.database.Dialect;
import io.quittance.database.LockLimitTemplate;
import io.quittance.database.OneByOne;
import io.quittance.web.TypeId;
import io.quittance.webhook.WebhookConnections;
import io.quittance.webhook.WebhookProperties;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Deletes deliveries after their retention, with their attempts, and events after theirs: merchant
 * by merchant, a few rows in a transaction. It reads only rows that it deletes. Every replica runs
 * it, and skips what another one deletes. Thread-safe.
 */
@Component
final class Retention {

  private record OldDelivery(UUID id, OffsetDateTime createdAt) {}

  /** A deleted batch: how many rows, and the last one. */
  private record Batch<K>(int rows, K last) {}

  private static final int ROWS_PER_BATCH = 1_000;

  /**
   * The longest that a sweep may take; the next one continues, so payments are not kept waiting.
   */
  private static final Duration SWEEP_MAX = Duration.ofSeconds(40);

  private static final String WITH_OLD_DELIVERIES =
      """
      select m.id from %s m
       where exists (select 1 from deliveries d
                      where d.merchant_id = m.id and d.state <> 'pending' and d.created_at < ?)
      """;

  private static final String OLD_DELIVERIES =
      """
      select id, created_at from deliveries
       where merchant_id = ? and state <> 'pending' and created_at >= ? and created_at < ?
       order by created_at
       limit ?
         for update skip locked
      """;

  /** Ids ascend with time, so an index of their age is not needed. */
  private static final String WITH_OLD_EVENTS =
      """
      select m.id from %s m
       where exists (select 1 from events e
                      where e.merchant_id = m.id and e.id < ? and e.created_at < ?)
      """;

  private static final String OLD_EVENTS =
      """
      select id from events
       where merchant_id = ? and id > ? and id < ? and created_at < ?
       order by id
       limit ?
         for update skip locked
      """;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final Dialect dialect;
  private final DeadLetters deadLetters;
  private final WebhookProperties properties;
  private final Ticker ticker;
  private final RoundRobin<UUID> deliveryTurns = new RoundRobin<>(UUID::compareTo);
  private final RoundRobin<UUID> eventTurns = new RoundRobin<>(UUID::compareTo);

  @Autowired
  Retention(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      Dialect dialect,
      DeadLetters deadLetters,
      WebhookProperties properties) {
    this(jdbc, transactions, dialect, deadLetters, properties, Ticker.SYSTEM);
  }

  Retention(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      Dialect dialect,
      DeadLetters deadLetters,
      WebhookProperties properties,
      Ticker ticker) {
    this.jdbc = jdbc;
    this.transactions = LockLimitTemplate.ofRepeated(transactions, jdbc, dialect);
    this.dialect = dialect;
    this.deadLetters = deadLetters;
    this.properties = properties;
    this.ticker = ticker;
  }

  @Scheduled(fixedDelayString = "${quittance.notification.sweep-interval:1m}")
  void sweep() {
    try (var _ = WebhookConnections.forJob()) {
      OneByOne.forEach(
          List.<Runnable>of(this::deleteDeliveries, deadLetters::forgetDeleted, this::deleteEvents),
          Runnable::run);
    }
  }

  /** Deletes deliveries that ended and are older than their retention, with their attempts. */
  void deleteDeliveries() {
    OffsetDateTime until = before(properties.retention());
    delete(
        deliveryTurns,
        jdbc.queryForList(WITH_OLD_DELIVERIES.formatted(dialect.merchants()), UUID.class, until),
        Instant.EPOCH.atOffset(ZoneOffset.UTC),
        (merchantId, since) -> deleteDeliveries(merchantId, since, until));
  }

  /** Deletes events that are older than their retention, delivered or not. */
  void deleteEvents() {
    OffsetDateTime until = before(properties.eventRetention());
    UUID end = TypeId.first(until.toInstant().plus(Backfill.SKEW));
    delete(
        eventTurns,
        jdbc.queryForList(WITH_OLD_EVENTS.formatted(dialect.merchants()), UUID.class, end, until),
        new UUID(0, 0),
        (merchantId, after) -> deleteEvents(merchantId, after, end, until));
  }

  private OffsetDateTime before(Duration retention) {
    return dialect.earlierNow(jdbc).minus(retention).atOffset(ZoneOffset.UTC);
  }

  /**
   * Deletes batches of each merchant until nothing is left. A batch starts where the last one
   * ended, because deleted rows stay in the index. Merchants that the sweep did not reach come
   * first in the next one.
   */
  private <K> void delete(
      RoundRobin<UUID> turns, List<UUID> merchants, K start, BiFunction<UUID, K, Batch<K>> delete) {
    Deadline end = Deadline.after(SWEEP_MAX, ticker);
    OneByOne.forEach(
        turns.next(merchants, Function.identity()),
        merchantId -> {
          if (!end.expired()) {
            turns.recordTurn(merchantId);
          }
          Batch<K> batch = new Batch<>(ROWS_PER_BATCH, start);
          while (batch.rows() == ROWS_PER_BATCH && !end.expired()) {
            K from = batch.last();
            batch =
                Objects.requireNonNull(transactions.execute(s -> delete.apply(merchantId, from)));
          }
        });
  }

  private Batch<OffsetDateTime> deleteDeliveries(
      UUID merchantId, OffsetDateTime since, OffsetDateTime until) {
    dialect.commitWithoutWaiting(jdbc);
    List<OldDelivery> old =
        jdbc.query(
            OLD_DELIVERIES,
            (rs, row) ->
                new OldDelivery(
                    rs.getObject("id", UUID.class),
                    rs.getObject("created_at", OffsetDateTime.class)),
            merchantId,
            since,
            until,
            ROWS_PER_BATCH);
    List<UUID> ids = old.stream().map(OldDelivery::id).toList();
    delete(
        "delete from delivery_attempts where merchant_id = ? and delivery_id = any(?)",
        merchantId,
        ids);
    delete("delete from deliveries where merchant_id = ? and id = any(?)", merchantId, ids);
    return new Batch<>(old.size(), old.isEmpty() ? since : old.getLast().createdAt());
  }

  private Batch<UUID> deleteEvents(UUID merchantId, UUID after, UUID end, OffsetDateTime until) {
    dialect.commitWithoutWaiting(jdbc);
    List<UUID> old =
        jdbc.queryForList(OLD_EVENTS, UUID.class, merchantId, after, end, until, ROWS_PER_BATCH);
    delete("delete from events where merchant_id = ? and id = any(?)", merchantId, old);
    return new Batch<>(old.size(), old.isEmpty() ? after : old.getLast());
  }

  private void delete(String sql, UUID merchantId, List<UUID> ids) {
    if (!ids.isEmpty()) {
      jdbc.update(
          sql,
          statement -> {
            statement.setObject(1, merchantId);
            ArrayParameters.bindIds(statement, 2, ids);
          });
    }
  }
}
