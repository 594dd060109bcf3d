package io.quittance.payment.batch.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.database.Dialect;
import io.quittance.database.LockLimitTemplate;
import io.quittance.database.UnreadableRows;
import io.quittance.payment.batch.item.BatchItem;
import io.quittance.payment.batch.item.ItemStatus;
import io.quittance.payment.create.NewPayment;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads which items of a batch can be started, and which are under way. Waits only briefly while
 * the table is locked. Thread-safe.
 */
@Component
public final class StoredItems {

  /** An item that was started and whose result is not stored. */
  public record Open(int position, String reference, ItemStatus status, int attempt) {}

  private static final Logger log = LoggerFactory.getLogger(StoredItems.class);

  private static final String NOT_STARTED =
      """
      select position from payment_batch_items
       where merchant_id = ? and batch_id = ? and status = 'not_started' order by position
      """;

  private static final String OPEN =
      """
      select position, reference, status, attempt from payment_batch_items
       where merchant_id = ? and batch_id = ? and status in ('processing', 'unknown')
       order by position
      """;

  private static final String BEGUN =
      """
      select position, attempt, body from payment_batch_items
       where merchant_id = ? and batch_id = ? and position between ? and ?
         and status = 'processing'
      """;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final ObjectMapper json;
  private final UnreadableRows unreadable =
      new UnreadableRows(log, "Items of batches are not started");

  StoredItems(
      JdbcTemplate jdbc,
      Dialect dialect,
      PlatformTransactionManager transactions,
      ObjectMapper json) {
    this.jdbc = jdbc;
    this.transactions = LockLimitTemplate.ofRequests(transactions, jdbc, dialect);
    this.json = json;
  }

  /** The positions of all items that can be started, in order. */
  public List<Integer> notStarted(StoredBatch batch) {
    return transactions.execute(
        _ -> jdbc.queryForList(NOT_STARTED, Integer.class, batch.merchantId(), batch.id()));
  }

  /** The items that are under way or have an unknown outcome. */
  public List<Open> open(StoredBatch batch) {
    return transactions.execute(
        _ -> jdbc.query(OPEN, (rs, _) -> open(rs), batch.merchantId(), batch.id()));
  }

  private static Open open(ResultSet rs) throws SQLException {
    return new Open(
        rs.getInt("position"),
        rs.getString("reference"),
        ItemStatus.from(rs.getString("status")),
        rs.getInt("attempt"));
  }

  /** The items under way from one position to another, but for those that cannot be read. */
  public Map<Integer, BatchItem> begun(StoredBatch batch, int from, int to) {
    UnreadableRows.Pass pass = unreadable.pass();
    List<@Nullable BatchItem> found =
        transactions.execute(
            _ ->
                jdbc.query(
                    BEGUN,
                    (rs, _) -> pass.readOrNull(rs, (row, _) -> item(batch, row), batch.text()),
                    batch.merchantId(),
                    batch.id(),
                    from,
                    to));
    pass.end();
    return found.stream()
        .filter(Objects::nonNull)
        .collect(Collectors.toMap(BatchItem::position, item -> item));
  }

  /** A newer version may have stored a field that this one does not know. */
  private BatchItem item(StoredBatch batch, ResultSet rs) throws SQLException {
    try {
      return new BatchItem(
          batch.merchantId(),
          batch.id(),
          rs.getInt("position"),
          rs.getInt("attempt"),
          json.readValue(rs.getString("body"), NewPayment.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an item that was stored cannot be read", e);
    }
  }
}
