package io.quittance.payment.batch.store;

import static io.quittance.database.ArrayParameters.bind;

import io.quittance.database.Dialect;
import io.quittance.database.LockLimitTemplate;
import io.quittance.database.ReservedConnection;
import io.quittance.database.SnapshotTemplate;
import io.quittance.payment.batch.item.ItemStatus;
import io.quittance.web.Problem;
import io.quittance.web.query.PageRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementSetter;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Batches and their items in the database, beside the journal. Thread-safe. */
@Component
public final class BatchStore {

  /** How many items are shown with their batch. */
  private static final int ITEMS_SHOWN = 1_000;

  private static final int ITEMS_PER_INSERT = 500;

  private static final String BATCH =
      "select * from payment_batches where merchant_id = ? and id = ?";

  private static final String SHOWN = " and status not in ('preparing', 'refused')";

  private static final String LOCK_PREPARED =
      """
      select 1 from payment_batches where merchant_id = ? and id = ? and status = 'preparing'
         for update
      """;

  private static final String DISCARD =
      "delete from payment_batches where merchant_id = ? and id = ? and status = 'preparing'";

  private static final String INSERT_ITEMS =
      """
      insert into payment_batch_items (merchant_id, batch_id, position, reference, body, status, attempt)
      select merchant_id, batch_id, position, reference, body, 'not_started', 0
        from unnest(cast(? as uuid array), cast(? as uuid array), cast(? as integer array),
                    cast(? as varchar array), cast(? as varchar array))
               as k(merchant_id, batch_id, position, reference, body)
      """;

  private final JdbcTemplate jdbc;
  private final Dialect dialect;
  private final TransactionTemplate transactions;
  private final TransactionTemplate snapshots;

  BatchStore(JdbcTemplate jdbc, Dialect dialect, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.dialect = dialect;
    this.transactions = LockLimitTemplate.ofRequests(transactions, jdbc, dialect);
    this.snapshots = new SnapshotTemplate(transactions, jdbc);
  }

  /**
   * Stores a batch that is not published yet, a few hundred items in each transaction, so that a
   * large batch does not keep its connection all the time.
   *
   * @throws Problem 503: it took so long that the batch was {@linkplain #discard discarded}
   *     meanwhile
   */
  public void prepare(StoredBatch batch, List<BatchPayments.Asked> items) {
    change(batch.merchantId(), () -> BatchSql.BATCHES.insert(jdbc, batch));
    for (int from = 0; from < items.size(); from += ITEMS_PER_INSERT) {
      int first = from;
      int end = Math.min(items.size(), from + ITEMS_PER_INSERT);
      change(
          batch.merchantId(),
          () -> {
            lockPrepared(batch);
            insertItems(batch, items, first, end);
          });
    }
  }

  /** Runs the work in a short transaction that waits for locks only briefly. */
  private void change(UUID merchantId, Runnable work) {
    ReservedConnection.forChange(
        merchantId,
        () -> {
          transactions.executeWithoutResult(_ -> work.run());
          return true;
        });
  }

  private void lockPrepared(StoredBatch batch) {
    if (jdbc.queryForList(LOCK_PREPARED, Integer.class, batch.merchantId(), batch.id()).isEmpty()) {
      throw Problem.overloaded();
    }
  }

  private void insertItems(StoredBatch batch, List<BatchPayments.Asked> items, int from, int to) {
    List<Integer> positions = IntStream.range(from, to).boxed().toList();
    jdbc.update(
        INSERT_ITEMS,
        statement -> {
          bind(statement, 1, "uuid", positions, _ -> batch.merchantId());
          bind(statement, 2, "uuid", positions, _ -> batch.id());
          bind(statement, 3, "integer", positions, i -> i);
          bind(statement, 4, "varchar", positions, i -> items.get(i).reference());
          bind(statement, 5, "varchar", positions, i -> items.get(i).body());
        });
  }

  /** The database's clock, on the server that has this merchant's batches. */
  public Instant now(UUID merchantId) {
    return ReservedConnection.forChange(merchantId, () -> dialect.now(jdbc));
  }

  /** Deletes a batch that was never published. */
  public void discard(UUID merchantId, UUID id) {
    change(
        merchantId,
        () -> {
          if (jdbc.update(DISCARD, merchantId, id) > 0) {
            jdbc.update(
                "delete from payment_batch_items where merchant_id = ? and batch_id = ?",
                merchantId,
                id);
          }
        });
  }

  /** A batch that is published. */
  Optional<StoredBatch> find(UUID merchantId, UUID id) {
    return jdbc.query(BATCH + SHOWN, (rs, _) -> BatchSql.batch(rs), merchantId, id).stream()
        .findFirst();
  }

  /** As {@link #find}; 404 if there is none. */
  public StoredBatch require(UUID merchantId, UUID id) {
    return find(merchantId, id).orElseThrow(() -> Problem.notFound("batch"));
  }

  /**
   * A batch with its first items, read from one snapshot.
   *
   * @throws CannotAcquireLockException the table of items is locked
   */
  public PaymentBatchBody show(UUID merchantId, UUID id) {
    return snapshots.execute(
        _ -> PaymentBatchBody.from(require(merchantId, id), firstItems(merchantId, id)));
  }

  /**
   * The first items of a batch, whether it is published or not.
   *
   * @throws CannotAcquireLockException the table of items is locked
   */
  public List<BatchItemBody> firstItems(UUID merchantId, UUID id) {
    return transactions.execute(
        _ ->
            jdbc.query(
                "select * from payment_batch_items"
                    + " where merchant_id = ? and batch_id = ? and position < ? order by position",
                (rs, _) -> BatchSql.item(rs),
                merchantId,
                id,
                ITEMS_SHOWN));
  }

  public List<StoredBatch> newestFirst(UUID merchantId, PageRequest page) {
    return jdbc.query(
        "select * from payment_batches where merchant_id = ? and id < ?"
            + SHOWN
            + " order by id desc limit ?",
        (rs, _) -> BatchSql.batch(rs),
        merchantId,
        page.olderThan(),
        page.fetch());
  }

  /**
   * Items of a batch in their order.
   *
   * @param among the states to include; empty: all
   */
  public List<BatchItemBody> items(
      UUID merchantId, UUID id, Set<ItemStatus> among, PageRequest page) {
    var values = new ArrayList<Object>(List.of(merchantId, id, page.afterNumber().orElse(-1L)));
    String states = "";
    if (!among.isEmpty()) {
      states = " and status in (" + String.join(", ", among.stream().map(_ -> "?").toList()) + ")";
      among.forEach(status -> values.add(status.text()));
    }
    values.add(page.fetch());
    PreparedStatementSetter all =
        statement -> {
          for (int i = 0; i < values.size(); i++) {
            statement.setObject(i + 1, values.get(i));
          }
        };
    return jdbc.query(
        "select * from payment_batch_items where merchant_id = ? and batch_id = ? and position > ?"
            + states
            + " order by position limit ?",
        all,
        (rs, _) -> BatchSql.item(rs));
  }
}
