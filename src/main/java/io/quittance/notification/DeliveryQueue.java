package io.quittance.notification;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The deliveries that are due, shared by all replicas: a claim is a lease, so a delivery whose
 * replica died is due again when the lease ends. All times are the database's. Thread-safe.
 */
@Component
final class DeliveryQueue {

  private static final int ERROR_LENGTH_MAX = 500;

  /**
   * A delivery to attempt now.
   *
   * @param attempt 1 for the first
   */
  record Claimed(UUID id, UUID merchantId, UUID eventId, int attempt) {}

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final Duration lease;

  DeliveryQueue(
      JdbcClient jdbc, PlatformTransactionManager transactions, NotificationProperties properties) {
    this.jdbc = jdbc;
    this.transactions = new TransactionTemplate(transactions);
    this.lease = properties.lease();
  }

  /** Takes up to {@code limit} due deliveries, oldest first, that no other replica has. */
  List<Claimed> claim(int limit) {
    return Objects.requireNonNull(transactions.execute(status -> claimInTransaction(limit)));
  }

  private List<Claimed> claimInTransaction(int limit) {
    List<Claimed> due =
        jdbc.sql(
                """
                select id, merchant_id, event_id, attempts
                  from deliveries
                 where state = 'pending' and next_attempt_at <= current_timestamp
                 order by next_attempt_at
                 limit ?
                   for update skip locked
                """)
            .param(limit)
            .query(
                (rs, row) ->
                    new Claimed(
                        rs.getObject("id", UUID.class),
                        rs.getObject("merchant_id", UUID.class),
                        rs.getObject("event_id", UUID.class),
                        rs.getInt("attempts") + 1))
            .list();
    if (!due.isEmpty()) {
      jdbc.sql(
              """
              update deliveries
                 set attempts = attempts + 1,
                     next_attempt_at = current_timestamp + :seconds * interval '1' second
               where id in (:ids)
              """)
          .param("seconds", lease.toSeconds())
          .param("ids", due.stream().map(Claimed::id).collect(Collectors.toList()))
          .update();
    }
    return due;
  }

  /** The receiver has it. */
  void delivered(UUID id, int httpStatus) {
    jdbc.sql(
            """
            update deliveries
               set state = 'delivered', delivered_at = current_timestamp, last_status = ?,
                   last_error = null
             where id = ?
            """)
        .param(httpStatus)
        .param(id)
        .update();
  }

  /** The attempt failed; the delivery is due again after the pause. */
  void failed(UUID id, int httpStatus, String error, Duration pause) {
    jdbc.sql(
            """
            update deliveries
               set last_status = :status, last_error = :error,
                   next_attempt_at = current_timestamp + :seconds * interval '1' second
             where id = :id and state = 'pending'
            """)
        .param("status", httpStatus == 0 ? null : httpStatus)
        .param("error", error.substring(0, Math.min(error.length(), ERROR_LENGTH_MAX)))
        .param("seconds", pause.toSeconds())
        .param("id", id)
        .update();
  }
}
