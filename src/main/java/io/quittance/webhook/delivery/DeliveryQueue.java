package io.quittance.webhook.delivery;

import static io.quittance.database.ArrayParameters.bindIds;

import io.quittance.concurrency.Deadline;
import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import io.quittance.database.LockLimitTemplate;
import io.quittance.webhook.WebhookProperties;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The waiting deliveries, shared by all replicas. A claim is a lease, so a delivery whose replica
 * died is due again when the lease ends. Waiting deliveries are not updated. All times are the
 * database's. {@code DueDeliveries} finds what can be claimed. Thread-safe.
 */
@Component
public final class DeliveryQueue {

  /**
   * A delivery that is this replica's until its lease ends.
   *
   * @param endpointId null: the operator's own receiver
   * @param attempts made before
   * @param probe whether this is the one trial delivery to a paused endpoint; if it succeeds,
   *     deliveries resume
   * @param createdAt when the delivery was added: with its event, or when it was asked for again
   * @param startBy an attempt that starts later could outlive the lease
   */
  public record Claimed(
      UUID id,
      UUID merchantId,
      UUID eventId,
      @Nullable UUID endpointId,
      int attempts,
      boolean probe,
      Instant createdAt,
      Deadline startBy) {

    Destination destination() {
      return new Destination(merchantId, endpointId);
    }
  }

  /**
   * The due delivery that has waited longest. Deliveries without an attempt wait in the order of
   * their ids; the others do not, and are few.
   */
  private static final String LONGEST_WAITING =
      """
      select id from (
        (select id from deliveries
          where merchant_id = ? and endpoint_id = ? and state = 'pending'
            and attempts > 0 and next_attempt_at <= current_timestamp
          order by id limit 1)
        union all
        (select id from deliveries
          where merchant_id = ? and endpoint_id = ? and state = 'pending'
            and attempts = 0 and next_attempt_at <= current_timestamp
          order by next_attempt_at limit 1)) as waiting
       order by id
       limit 1
      """;

  /** Skips a locked row, because other claims would wait behind this one. */
  private static final String LOCK_HALF_OPEN =
      """
      select id from webhook_endpoints
       where merchant_id = ? and id = ? and enabled and closed_until <= current_timestamp
         for update skip locked
      """;

  /**
   * One replica at a time probes a half-open endpoint: until the lease ends, the endpoint counts as
   * paused.
   */
  private static final String PROBE_ENDPOINT =
      """
      update webhook_endpoints
         set closed_until = current_timestamp + cast(? as bigint) * interval '0.001' second
       where merchant_id = ? and id = ?
      """;

  /**
   * By the primary key: with {@code state = 'pending'} PostgreSQL would prefer the index of pending
   * rows until it has statistics about them.
   */
  static final String CLAIM =
      """
      select id, event_id, endpoint_id, attempts, created_at
        from deliveries
       where merchant_id = ? and id = any(?)
         and state not in ('delivered', 'dead') and next_attempt_at <= current_timestamp
       order by next_attempt_at, id
         for update skip locked
      """;

  private static final String LEASE =
      """
      update deliveries
         set next_attempt_at = current_timestamp + cast(? as bigint) * interval '0.001' second
       where merchant_id = ? and id = any(?)
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
      WebhookProperties properties) {
    this.jdbc = jdbc;
    this.transactions = LockLimitTemplate.ofRepeated(transactions, jdbc, dialect);
    this.dialect = dialect;
    this.lease = properties.lease();
    this.startWithin = lease.minus(properties.timeout()).dividedBy(2);
  }

  /**
   * Claims those of a merchant's deliveries that are still due and that no other replica has
   * claimed.
   */
  public List<Claimed> claim(UUID merchantId, Collection<UUID> deliveries) {
    return inTransaction(() -> lease(merchantId, deliveries, false));
  }

  /**
   * Claims the longest-waiting delivery of a half-open destination as a probe; none if another
   * replica probes it, the endpoint's row is locked, or nothing is due.
   */
  public List<Claimed> claimProbe(Destination destination) {
    return inTransaction(
        () -> {
          List<UUID> longest = longestWaiting(destination);
          return !longest.isEmpty() && mayProbe(destination)
              ? lease(destination.merchantId(), longest, true)
              : List.of();
        });
  }

  private List<UUID> longestWaiting(Destination destination) {
    UUID merchantId = destination.merchantId();
    UUID endpointId = destination.endpointId();
    return endpointId == null
        ? jdbc.queryForList(
            LONGEST_WAITING.replace("endpoint_id = ?", "endpoint_id is null"),
            UUID.class,
            merchantId,
            merchantId)
        : jdbc.queryForList(
            LONGEST_WAITING, UUID.class, merchantId, endpointId, merchantId, endpointId);
  }

  /** The operator's receiver has no row that replicas share, so each replica probes it. */
  private boolean mayProbe(Destination destination) {
    UUID merchantId = destination.merchantId();
    UUID endpointId = destination.endpointId();
    return endpointId == null
        || (!jdbc.queryForList(LOCK_HALF_OPEN, UUID.class, merchantId, endpointId).isEmpty()
            && jdbc.update(PROBE_ENDPOINT, lease.toMillis(), merchantId, endpointId) == 1);
  }

  private List<Claimed> inTransaction(Supplier<List<Claimed>> claim) {
    return Objects.requireNonNull(
        transactions.execute(
            status -> {
              // A claim that a crash undoes is made again.
              dialect.commitWithoutWaiting(jdbc);
              return claim.get();
            }));
  }

  private List<Claimed> lease(UUID merchantId, Collection<UUID> ids, boolean probe) {
    Deadline startBy = Deadline.after(startWithin);
    List<Claimed> claimed =
        jdbc.query(
            CLAIM,
            statement -> {
              statement.setObject(1, merchantId);
              bindIds(statement, 2, ids);
            },
            (rs, row) ->
                new Claimed(
                    rs.getObject("id", UUID.class),
                    merchantId,
                    rs.getObject("event_id", UUID.class),
                    rs.getObject("endpoint_id", UUID.class),
                    rs.getInt("attempts"),
                    probe,
                    Instants.read(rs, "created_at"),
                    startBy));
    if (!claimed.isEmpty()) {
      jdbc.update(
          LEASE,
          statement -> {
            statement.setLong(1, lease.toMillis());
            statement.setObject(2, merchantId);
            bindIds(statement, 3, claimed.stream().map(Claimed::id).toList());
          });
    }
    return claimed;
  }
}
