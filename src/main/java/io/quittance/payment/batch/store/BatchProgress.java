package io.quittance.payment.batch.store;

import io.quittance.database.Dialect;
import io.quittance.database.LockLimitTemplate;
import io.quittance.payment.batch.item.ItemResult;
import io.quittance.payment.batch.item.ItemStatus;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.BatchPreparedStatementSetter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Stores the progress of a batch, item by item. Rows and counts change in one transaction, which
 * only the present run of the batch can commit. Thread-safe.
 */
@Component
public final class BatchProgress {

  /**
   * The result of an item.
   *
   * @param its status in the database before
   * @param anew whether the item is to be started again, as another attempt
   */
  public record Change(int position, ItemStatus was, ItemResult end, boolean anew) {

    public Change(int position, ItemStatus was, ItemResult end) {
      this(position, was, end, false);
    }
  }

  private static final String OWN =
      """
      select 1 from payment_batches
       where merchant_id = ? and id = ? and run = ? and status = 'processing'
      """;

  private static final String LOCK_OWN = OWN + " for update skip locked";

  private static final String UPDATE_ITEM =
      """
      update payment_batch_items
         set status = ?, payment_id = ?, code = ?, detail = ?, attempt = attempt + ?,
             body = case when ? then null else body end
       where merchant_id = ? and batch_id = ? and position = ? and status = ?
      """;

  private static final String BEGIN_ITEMS =
      """
      update payment_batch_items set status = 'processing'
       where merchant_id = ? and batch_id = ? and position between ? and ? and status = 'not_started'
      """;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;

  BatchProgress(JdbcTemplate jdbc, Dialect dialect, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.transactions = LockLimitTemplate.ofRepeated(transactions, jdbc, dialect);
  }

  /**
   * Writes results of items, marks others as under way, and renews the lease, because {@link
   * BatchLeases#renew} skips a row that this has locked. Writing the same again changes nothing, so
   * a caller may repeat it after an unknown outcome.
   *
   * <p>It does not wait for the batch's row, and only briefly for the items': otherwise whoever
   * holds them for long would block a connection, too.
   *
   * @param next the first and the last position of the items to start; null: none
   * @param begins whether more items may start
   * @throws LeaseLostException another replica runs the batch now
   * @throws CannotAcquireLockException another transaction has locked the row, an item or the table
   */
  public void record(
      StoredBatch batch, Collection<Change> changes, int @Nullable [] next, boolean begins) {
    transactions.executeWithoutResult(
        _ -> {
          lock(batch);
          int begun = next == null ? 0 : begin(batch, next[0], next[1]);
          count(batch, update(batch, changes), begun, begins);
        });
  }

  /**
   * Locks the batch's row until the end of the transaction.
   *
   * @throws LeaseLostException another run has taken the batch over
   * @throws CannotAcquireLockException another transaction has locked the row
   */
  private void lock(StoredBatch batch) {
    if (!finds(LOCK_OWN, batch)) {
      if (finds(OWN, batch)) {
        throw new CannotAcquireLockException("the row of " + batch.text() + " is locked");
      }
      throw new LeaseLostException(batch.text());
    }
  }

  private boolean finds(String sql, StoredBatch batch) {
    return !jdbc.queryForList(
            sql, Integer.class, batch.merchantId(), batch.id(), batch.run().number())
        .isEmpty();
  }

  private int begin(StoredBatch batch, int from, int to) {
    return jdbc.update(BEGIN_ITEMS, batch.merchantId(), batch.id(), from, to);
  }

  /**
   * Adds the changes to the batch's counts, and renews its lease.
   *
   * @param made the changes that this transaction wrote; those that were written before are counted
   *     already
   */
  private void count(StoredBatch batch, Collection<Change> made, int begun, boolean begins) {
    Map<ItemStatus, Integer> more = new EnumMap<>(ItemStatus.class);
    for (ItemStatus status : ItemStatus.values()) {
      more.put(status, 0);
    }
    more.merge(ItemStatus.PROCESSING, begun, Integer::sum);
    for (Change change : made) {
      more.merge(change.was(), -1, Integer::sum);
      more.merge(change.end().status(), 1, Integer::sum);
    }
    jdbc.update(
        """
        update payment_batches
           set succeeded_items = succeeded_items + ?, authorized_items = authorized_items + ?,
               in_review_items = in_review_items + ?, declined_items = declined_items + ?,
               failed_items = failed_items + ?, processing_items = processing_items + ?,
               unknown_items = unknown_items + ?, begins = begins and ?,
               lease_until = greatest(lease_until, current_timestamp + interval '%d' second)
         where merchant_id = ? and id = ?
        """
            .formatted(BatchLeases.LEASE.toSeconds()),
        more.get(ItemStatus.SUCCEEDED),
        more.get(ItemStatus.AUTHORIZED),
        more.get(ItemStatus.IN_REVIEW),
        more.get(ItemStatus.DECLINED),
        more.get(ItemStatus.FAILED),
        more.get(ItemStatus.PROCESSING),
        more.get(ItemStatus.UNKNOWN),
        begins,
        batch.merchantId(),
        batch.id());
  }

  /** The changes that were made. An item with another status than expected is not changed. */
  private List<Change> update(StoredBatch batch, Collection<Change> changes) {
    var all = List.copyOf(changes);
    if (all.isEmpty()) {
      return all;
    }
    int[] rows =
        jdbc.batchUpdate(
            UPDATE_ITEM,
            new BatchPreparedStatementSetter() {
              @Override
              public void setValues(PreparedStatement statement, int i) throws SQLException {
                bind(statement, batch, all.get(i));
              }

              @Override
              public int getBatchSize() {
                return all.size();
              }
            });
    return IntStream.range(0, all.size()).filter(i -> rows[i] == 1).mapToObj(all::get).toList();
  }

  private static void bind(PreparedStatement statement, StoredBatch batch, Change change)
      throws SQLException {
    ItemResult end = change.end();
    statement.setString(1, end.status().text());
    statement.setObject(2, end.paymentId());
    statement.setString(3, end.code());
    statement.setString(4, end.detail());
    statement.setInt(5, change.anew() ? 1 : 0);
    statement.setBoolean(6, end.status().ended());
    statement.setObject(7, batch.merchantId());
    statement.setObject(8, batch.id());
    statement.setInt(9, change.position());
    statement.setString(10, change.was().text());
  }
}
