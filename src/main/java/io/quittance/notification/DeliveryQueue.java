package io.quittance.notification;

import io.quittance.concurrency.Deadline;
import io.quittance.journal.Dialect;
import io.quittance.payment.EventLog.StoredEvent;
import io.quittance.web.TypeId;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The deliveries that are due, shared by all replicas: a claim is a lease, so a delivery whose
 * replica died is due again when the lease ends. All times are the database's. Thread-safe.
 */
@Component
final class DeliveryQueue {

  /**
   * A delivery that is this replica's until its lease ends.
   *
   * @param endpointId null: the operator's own receiver
   * @param attempts made before
   * @param startBy an attempt that starts later could outlive the lease
   */
  record Claimed(
      UUID id,
      UUID merchantId,
      UUID eventId,
      @Nullable UUID endpointId,
      int attempts,
      Deadline startBy) {}

  /** A delivery that is given back, without an attempt, until the pause is over. */
  record Postponed(UUID id, Duration pause) {}

  private static final String CLAIM =
      """
      select id, merchant_id, event_id, endpoint_id, attempts
        from deliveries
       where state = 'pending' and next_attempt_at <= current_timestamp
       order by next_attempt_at
       limit ?
         for update skip locked
      """;

  private static final String LEASE =
      """
      update deliveries
         set next_attempt_at = current_timestamp + cast(? as bigint) * interval '0.001' second
       where id = any(?)
      """;

  private static final String POSTPONE =
      """
      update deliveries
         set next_attempt_at = current_timestamp + cast(? as bigint) * interval '0.001' second
       where id = ? and state = 'pending'
      """;

  private static final String ADD =
      """
      insert into deliveries (id, merchant_id, event_id, endpoint_id, state, attempts,
                              next_attempt_at, created_at)
      values (?, ?, ?, ?, 'pending', 0, current_timestamp, current_timestamp)
      """;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final Dialect dialect;
  private final Duration lease;
  private final Duration startWithin;

  DeliveryQueue(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      Dialect dialect,
      NotificationProperties properties) {
    this.jdbc = jdbc;
    this.transactions = new TransactionTemplate(transactions);
    this.dialect = dialect;
    this.lease = properties.lease();
    this.startWithin = lease.minus(properties.timeout()).dividedBy(2);
  }

  /** Takes up to {@code limit} due deliveries, oldest first, that no other replica has. */
  List<Claimed> claim(int limit) {
    Deadline startBy = Deadline.after(startWithin);
    return Objects.requireNonNull(
        transactions.execute(
            status -> {
              // A claim that a crash undoes is made again.
              dialect.commitWithoutWaiting(jdbc);
              List<Claimed> due = due(limit, startBy);
              if (!due.isEmpty()) {
                lease(due);
              }
              return due;
            }));
  }

  private List<Claimed> due(int limit, Deadline startBy) {
    return jdbc.query(
        CLAIM,
        (rs, row) ->
            new Claimed(
                rs.getObject("id", UUID.class),
                rs.getObject("merchant_id", UUID.class),
                rs.getObject("event_id", UUID.class),
                rs.getObject("endpoint_id", UUID.class),
                rs.getInt("attempts"),
                startBy),
        limit);
  }

  private void lease(List<Claimed> due) {
    jdbc.update(
        LEASE,
        statement -> {
          statement.setLong(1, lease.toMillis());
          setArray(statement, 2, "uuid", due.stream().map(Claimed::id).toArray());
        });
  }

  /** Gives deliveries back. */
  void postpone(Collection<Postponed> deliveries) {
    jdbc.batchUpdate(
        POSTPONE,
        deliveries,
        100,
        (statement, delivery) -> {
          statement.setLong(1, delivery.pause().toMillis());
          statement.setObject(2, delivery.id());
        });
  }

  /** Adds a delivery of each event to one endpoint, due now; their ids. */
  List<UUID> add(UUID merchantId, UUID endpointId, Collection<UUID> eventIds) {
    List<Object[]> rows =
        eventIds.stream()
            .map(eventId -> new Object[] {TypeId.next(), merchantId, eventId, endpointId})
            .toList();
    jdbc.batchUpdate(ADD, rows);
    return rows.stream().map(row -> (UUID) row[0]).toList();
  }

  /** Adds a delivery to each enabled endpoint that takes the event, due now; their number. */
  int addForSubscribers(StoredEvent event) {
    return jdbc.update(
        Deliveries.TO_SUBSCRIBERS,
        statement -> {
          setArray(statement, 1, "uuid", TypeId.nextWithRoom());
          setArray(statement, 2, "uuid", event.merchantId());
          setArray(statement, 3, "uuid", event.id());
          setArray(statement, 4, "varchar", event.body().type().text());
          setArray(statement, 5, "varchar", dialect.now(jdbc).toString());
        });
  }

  private static void setArray(
      PreparedStatement statement, int index, String type, Object... values) throws SQLException {
    statement.setArray(index, statement.getConnection().createArrayOf(type, values));
  }
}
