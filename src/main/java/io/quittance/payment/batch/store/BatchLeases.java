package io.quittance.payment.batch.store;

import io.quittance.database.Instants;
import io.quittance.journal.Dialect;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Who may carry out which batch, by the database's clock: whoever holds its lease and has the
 * number of its run. Thread-safe.
 */
@Component
public final class BatchLeases {

  /** How long a replica that says nothing keeps a batch. */
  static final Duration LEASE = Duration.ofSeconds(3);

  private final JdbcTemplate jdbc;
  private final Dialect dialect;
  private final TransactionTemplate transactions;

  BatchLeases(JdbcTemplate jdbc, Dialect dialect, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.dialect = dialect;
    this.transactions = new TransactionTemplate(transactions);
  }

  private OffsetDateTime in(Duration time) {
    return Instants.parameter(dialect.now(jdbc).plus(time));
  }

  /** Keeps the leases of batches that are carried out here, but for those that are lost already. */
  public void renew(Collection<StoredBatch> batches) {
    if (batches.isEmpty()) {
      return;
    }
    OffsetDateTime until = in(LEASE);
    transactions.executeWithoutResult(
        _ ->
            jdbc.batchUpdate(
                """
                update payment_batches set lease_until = ?
                 where merchant_id = ? and id = ? and run = ? and status in ('preparing', 'processing')
                """,
                batches.stream()
                    .map(batch -> new Object[] {until, batch.merchantId(), batch.id(), batch.run()})
                    .toList()));
  }

  /** Batches that no replica carries out, the longest abandoned first. */
  public List<StoredBatch> abandoned(int limit) {
    return jdbc.query(
        """
        select * from payment_batches
         where status = 'processing' and lease_until < current_timestamp
         order by lease_until limit ?
        """,
        (rs, _) -> BatchSql.batch(rs),
        limit);
  }

  /** Batches whose items were never stored completely. */
  public List<StoredBatch> unprepared(int limit) {
    return jdbc.query(
        """
        select * from payment_batches
         where status = 'preparing' and lease_until < current_timestamp - interval '5' minute
         order by lease_until limit ?
        """,
        (rs, _) -> BatchSql.batch(rs),
        limit);
  }

  /** Takes an abandoned batch over, unless another replica was faster. */
  public Optional<StoredBatch> take(StoredBatch seen) {
    OffsetDateTime until = in(LEASE);
    return changed(
        """
        update payment_batches set run = run + 1, lease_until = ?
         where merchant_id = ? and id = ? and run = ? and status = 'processing'
           and lease_until < current_timestamp
        """,
        seen,
        until,
        seen.merchantId(),
        seen.id(),
        seen.run());
  }

  /**
   * Lets a batch that rests be carried out again.
   *
   * @param granted its new deadline
   * @return empty when it does not rest any more
   */
  public Optional<StoredBatch> wake(StoredBatch seen, boolean background, Duration granted) {
    Instant now = dialect.now(jdbc);
    return changed(
        """
        update payment_batches
           set status = 'processing', run = run + 1, begins = true, background = ?, granted_ms = ?,
               used_ms = 0, ends_at = ?, lease_until = ?, completed_at = null
         where merchant_id = ? and id = ? and run = ? and status in ('completed', 'partial', 'failed')
        """,
        seen,
        background,
        granted.toMillis(),
        Instants.parameter(now.plus(granted)),
        Instants.parameter(now.plus(LEASE)),
        seen.merchantId(),
        seen.id(),
        seen.run());
  }

  private Optional<StoredBatch> changed(String sql, StoredBatch seen, Object... values) {
    return Optional.ofNullable(
        transactions.execute(
            _ ->
                jdbc.update(sql, values) == 0
                    ? null
                    : jdbc.queryForObject(
                        "select * from payment_batches where merchant_id = ? and id = ?",
                        (rs, _) -> BatchSql.batch(rs),
                        seen.merchantId(),
                        seen.id())));
  }

  /**
   * Gives a batch up, for any replica to take over.
   *
   * @param after how long it is to be left alone
   */
  public void release(StoredBatch batch, Duration after) {
    OffsetDateTime until = in(after);
    transactions.executeWithoutResult(
        _ ->
            jdbc.update(
                """
                update payment_batches set lease_until = ?
                 where merchant_id = ? and id = ? and run = ? and status = 'processing'
                """,
                until,
                batch.merchantId(),
                batch.id(),
                batch.run()));
  }

  /** Ends a run that has nothing to begin: a replica that takes the batch over begins no items. */
  public void giveUp(StoredBatch batch) {
    transactions.executeWithoutResult(
        _ ->
            jdbc.update(
                """
                update payment_batches set begins = false, background = false,
                       lease_until = current_timestamp
                 where merchant_id = ? and id = ? and run = ? and status = 'processing'
                """,
                batch.merchantId(),
                batch.id(),
                batch.run()));
  }

  /** What is left of a batch's deadline. */
  public Duration left(StoredBatch batch) {
    return Duration.between(dialect.now(jdbc), batch.endsAt());
  }
}
