package io.quittance.payment.batch.store;

import io.quittance.database.ArrayParameters;
import io.quittance.database.Dialect;
import io.quittance.database.Instants;
import io.quittance.database.LockLimitTemplate;
import io.quittance.database.OneByOne;
import io.quittance.database.UnreadableRows;
import io.quittance.web.TypeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Decides which replica may run a batch, by the database's clock: the one that holds its lease and
 * has the number of its run. Skips rows that are locked, and waits only briefly for the table.
 * Thread-safe.
 */
@Component
public final class BatchLeases {

  /** A batch that was never published. */
  public record Unpublished(UUID merchantId, UUID id) {}

  /**
   * @param batch null: the row cannot be read
   */
  private record Abandoned(OffsetDateTime since, UUID id, @Nullable StoredBatch batch) {}

  private static final Logger log = LoggerFactory.getLogger(BatchLeases.class);

  /** How long a replica keeps a batch without renewing the lease. */
  public static final Duration LEASE = Duration.ofSeconds(3);

  /** How long after its lease a batch is kept that was never published. */
  private static final Duration UNPUBLISHED_KEPT = Duration.ofMinutes(5);

  private static final String LOCK =
      """
      select 1 from payment_batches
       where merchant_id = ? and id = ? and run = ? and status = 'processing'
         and lease_until < current_timestamp
         for update skip locked
      """;

  private static final String TAKE =
      "update payment_batches set run = run + 1, lease_until = ? where merchant_id = ? and id = ?";

  private static final String LOCK_OWN =
      """
      select 1 from payment_batches
       where merchant_id = ? and id = ? and run = ? and status in ('preparing', 'processing')
         for update skip locked
      """;

  private static final String RENEW =
      "update payment_batches set lease_until = ? where merchant_id = ? and id = ?";

  private static final String READ =
      "select * from payment_batches where merchant_id = ? and id = ?";

  private static final String ABANDONED =
      """
      select * from payment_batches
       where status = 'processing' and lease_until < current_timestamp
         and (background and begins and ends_at > current_timestamp) = ?
         and not (merchant_id = any(?)) and (lease_until, id) > (?, ?)
       order by lease_until, id limit ?
      """;

  private static final String UNPUBLISHED =
      """
      select merchant_id, id from payment_batches
       where status = 'preparing' and lease_until < ?
       order by lease_until limit ?
      """;

  private final JdbcTemplate jdbc;
  private final Dialect dialect;
  private final TransactionTemplate transactions;
  private final UnreadableRows unreadable = new UnreadableRows(log, "Batches are not carried on");

  BatchLeases(JdbcTemplate jdbc, Dialect dialect, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.dialect = dialect;
    this.transactions = LockLimitTemplate.ofRepeated(transactions, jdbc, dialect);
  }

  private OffsetDateTime in(Duration time) {
    return Instants.parameter(dialect.now(jdbc).plus(time));
  }

  /**
   * Renews the leases of batches that run here, except those that are lost already. Each is renewed
   * in its own transaction, and one whose row is locked is skipped, so that the others do not lose
   * their leases with it.
   */
  public void renew(Collection<StoredBatch> batches) {
    if (batches.isEmpty()) {
      return;
    }
    OffsetDateTime until = in(LEASE);
    OneByOne.forEach(batches, batch -> lease(batch, until));
  }

  /** Waits for no lock: a lease that cannot be changed expires by itself. */
  private void lease(StoredBatch batch, OffsetDateTime until) {
    transactions.executeWithoutResult(
        _ -> {
          List<Integer> free =
              jdbc.queryForList(
                  LOCK_OWN, Integer.class, batch.merchantId(), batch.id(), batch.run().number());
          if (!free.isEmpty()) {
            jdbc.update(RENEW, until, batch.merchantId(), batch.id());
          }
        });
  }

  /**
   * Batches that no replica runs, those abandoned longest first. Rows that cannot be read are
   * skipped, however many there are.
   *
   * @param goOn whether to find batches that may still start items; otherwise those that only have
   *     to be ended, because their caller waited for them, their deadline has passed, or an item
   *     stopped them
   * @param without merchants whose batches are left out
   */
  public List<StoredBatch> abandoned(boolean goOn, Set<UUID> without, int limit) {
    UnreadableRows.Pass pass = unreadable.pass();
    List<Abandoned> page =
        abandonedAfter(
            Instants.parameter(Instant.EPOCH), new UUID(0, 0), goOn, without, limit, pass);
    while (page.size() == limit && batches(page).isEmpty()) {
      Abandoned last = page.getLast();
      page = abandonedAfter(last.since(), last.id(), goOn, without, limit, pass);
    }
    pass.end();
    return batches(page);
  }

  private static List<StoredBatch> batches(List<Abandoned> page) {
    return page.stream().map(Abandoned::batch).filter(Objects::nonNull).toList();
  }

  private List<Abandoned> abandonedAfter(
      OffsetDateTime since,
      UUID id,
      boolean goOn,
      Set<UUID> without,
      int limit,
      UnreadableRows.Pass pass) {
    return transactions.execute(
        _ ->
            jdbc.query(
                ABANDONED,
                statement -> {
                  statement.setBoolean(1, goOn);
                  ArrayParameters.bindIds(statement, 2, without);
                  statement.setObject(3, since);
                  statement.setObject(4, id);
                  statement.setInt(5, limit);
                },
                (rs, _) -> abandoned(rs, pass)));
  }

  private static Abandoned abandoned(ResultSet rs, UnreadableRows.Pass pass) throws SQLException {
    UUID id = rs.getObject("id", UUID.class);
    return new Abandoned(
        rs.getObject("lease_until", OffsetDateTime.class),
        id,
        pass.readOrNull(rs, (row, _) -> BatchSql.batch(row), TypeId.format("bat", id)));
  }

  /** Batches that were stored and never published: the key of their request was not claimed. */
  public List<Unpublished> unpublished(int limit) {
    return transactions.execute(
        _ ->
            jdbc.query(
                UNPUBLISHED,
                (rs, _) ->
                    new Unpublished(
                        rs.getObject("merchant_id", UUID.class), rs.getObject("id", UUID.class)),
                Instants.parameter(dialect.earlierNow(jdbc).minus(UNPUBLISHED_KEPT)),
                limit));
  }

  /**
   * Takes an abandoned batch over, unless another replica was faster or its row is locked, for
   * example by a replica that hangs in a transaction.
   */
  public Optional<StoredBatch> take(StoredBatch seen) {
    OffsetDateTime until = in(LEASE);
    return Optional.ofNullable(transactions.execute(_ -> taken(seen, until)));
  }

  private @Nullable StoredBatch taken(StoredBatch seen, OffsetDateTime until) {
    List<Integer> free =
        jdbc.queryForList(LOCK, Integer.class, seen.merchantId(), seen.id(), seen.run().number());
    if (free.isEmpty()) {
      return null;
    }
    jdbc.update(TAKE, until, seen.merchantId(), seen.id());
    return jdbc.queryForObject(READ, (rs, _) -> BatchSql.batch(rs), seen.merchantId(), seen.id());
  }

  /**
   * Releases the lease of a batch, so that any replica can take it over.
   *
   * @param after how long no replica may take it
   */
  public void release(StoredBatch batch, Duration after) {
    lease(batch, in(after));
  }

  /** The time left until a batch's deadline. */
  public Duration left(StoredBatch batch) {
    return Duration.between(dialect.now(jdbc), batch.run().endsAt());
  }
}
