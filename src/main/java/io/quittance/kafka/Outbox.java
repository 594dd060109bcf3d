package io.quittance.kafka;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import io.quittance.database.Dialect;
import io.quittance.payment.event.EventLog;
import io.quittance.payment.event.EventLog.StoredEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** The events that wait to be sent to Kafka. Thread-safe. */
final class Outbox {

  /**
   * The position of an event in its shard. Events of one subject are committed in order, so a
   * reader that sees one also sees all earlier ones that are not deleted.
   */
  record Position(UUID merchantId, UUID subjectId, int sequence) {

    /** Before all positions. */
    static final Position START = new Position(new UUID(0, 0), new UUID(0, 0), 0);
  }

  /**
   * An event to be sent.
   *
   * @param event null: it was already deleted
   */
  record Entry(Position position, UUID eventId, @Nullable StoredEvent event) {}

  /** The waiting events of all shards; {@code oldest} is how long the oldest has waited. */
  record Backlog(long events, Duration oldest) {

    static final Backlog NONE = new Backlog(0, Duration.ZERO);
  }

  /** Returns nothing to a replica that has lost the shard. */
  private static final String READ =
      """
      select o.merchant_id as of_merchant, o.subject_id, o.sequence as of_subject, o.event_id,
             e.merchant_id, e.id, e.sequence, e.type, e.created_at, e.data, e.traceparent
        from kafka_outbox o
        join kafka_shards s on s.shard = o.shard and s.owner_id = ? and s.epoch = ?
        left join events e on e.merchant_id = o.merchant_id and e.id = o.event_id
       where o.shard = ? and (o.merchant_id, o.subject_id, o.sequence) > (?, ?, ?)
       order by o.merchant_id, o.subject_id, o.sequence
       limit ?
      """;

  private static final String DELETE =
      """
      delete from kafka_outbox
       where shard = ? and merchant_id = ? and subject_id = any(?) and event_id = any(?)
      """;

  /** Reads at most one row of each shard. */
  private static final String WAITING =
      IntStream.range(0, Shards.COUNT)
          .mapToObj("(select shard from kafka_outbox where shard = %d limit 1)"::formatted)
          .collect(joining(" union all "));

  private static final String BACKLOG =
      "select count(*) as events, min(created_at) as oldest from kafka_outbox";

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final Dialect dialect;

  /**
   * @param jdbc on the relay's dedicated connections
   * @param transactions on the same connections
   */
  Outbox(JdbcTemplate jdbc, TransactionTemplate transactions, Dialect dialect) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.dialect = dialect;
  }

  /** The shards that have waiting events. */
  Set<Integer> waiting() {
    return Set.copyOf(jdbc.queryForList(WAITING, Integer.class));
  }

  /** The events after a position, in order; none if the epoch of the lease has ended. */
  List<Entry> read(Lease lease, Position after, int limit) {
    return jdbc.query(
        READ,
        (rs, _) -> entry(rs),
        lease.owner(),
        lease.epoch(),
        lease.shard(),
        after.merchantId(),
        after.subjectId(),
        after.sequence(),
        limit);
  }

  private static Entry entry(ResultSet rs) throws SQLException {
    var position =
        new Position(
            rs.getObject("of_merchant", UUID.class),
            rs.getObject("subject_id", UUID.class),
            rs.getInt("of_subject"));
    return new Entry(
        position,
        rs.getObject("event_id", UUID.class),
        rs.getObject("id") == null ? null : EventLog.read(rs));
  }

  /**
   * Deletes events that the broker has acknowledged, which is right even if another replica holds
   * the shard by now. The commit does not wait for the disk: events that a crash brings back are
   * sent again.
   */
  void delete(int shard, Collection<Entry> acknowledged) {
    Map<UUID, List<Entry>> byMerchant =
        acknowledged.stream().collect(groupingBy(entry -> entry.position().merchantId()));
    transactions.executeWithoutResult(
        _ -> {
          dialect.commitWithoutWaiting(jdbc);
          jdbc.batchUpdate(
              DELETE,
              byMerchant.entrySet(),
              byMerchant.size(),
              (statement, own) -> {
                Set<UUID> subjects =
                    own.getValue().stream().map(e -> e.position().subjectId()).collect(toSet());
                List<UUID> events = own.getValue().stream().map(Entry::eventId).toList();
                var connection = statement.getConnection();
                statement.setInt(1, shard);
                statement.setObject(2, own.getKey());
                statement.setArray(3, connection.createArrayOf("uuid", subjects.toArray()));
                statement.setArray(4, connection.createArrayOf("uuid", events.toArray()));
              });
        });
  }

  /** Counts the waiting events; reads all of them. */
  Backlog backlog() {
    Instant now = dialect.now(jdbc);
    return Objects.requireNonNull(
        jdbc.queryForObject(
            BACKLOG,
            (rs, _) -> {
              OffsetDateTime oldest = rs.getObject("oldest", OffsetDateTime.class);
              return oldest == null
                  ? Backlog.NONE
                  : new Backlog(rs.getLong("events"), Duration.between(oldest.toInstant(), now));
            }));
  }
}
