package io.quittance.payment.batch.item;

import io.quittance.database.ArrayParameters;
import io.quittance.database.UnreadableRows;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentRows;
import io.quittance.web.TypeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/** Reads the stored payments of batches. Thread-safe. */
@Component
public final class ItemQueries {

  /** A payment of a batch. */
  public record Found(UUID id, String reference, ItemResult end) {}

  private static final Logger log = LoggerFactory.getLogger(ItemQueries.class);

  private final JdbcOperations jdbc;
  private final UnreadableRows unreadable = new UnreadableRows(log, "Items of batches stay open");

  ItemQueries(JdbcOperations jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The payments of these items of a batch; several may have one reference. A payment that cannot
   * be read, because a newer version wrote it, counts as under way.
   */
  public List<Found> of(UUID merchantId, UUID batchId, Collection<String> references) {
    UnreadableRows.Pass pass = unreadable.pass();
    List<Found> found = read(merchantId, batchId, references, pass);
    pass.end();
    return found;
  }

  private List<Found> read(
      UUID merchantId, UUID batchId, Collection<String> references, UnreadableRows.Pass pass) {
    return jdbc.query(
        "select %s from payments where merchant_id = ? and batch_id = ? and reference = any(?)"
            .formatted(PaymentRows.COLUMNS),
        statement -> {
          statement.setObject(1, merchantId);
          statement.setObject(2, batchId);
          ArrayParameters.bind(statement, 3, "varchar", references.toArray());
        },
        (rs, _) -> found(rs, pass));
  }

  private static Found found(ResultSet rs, UnreadableRows.Pass pass) throws SQLException {
    UUID id = rs.getObject("id", UUID.class);
    Payment payment =
        pass.readOrNull(rs, (row, _) -> PaymentRows.read(row), TypeId.format("pay", id));
    return new Found(
        id,
        String.valueOf(rs.getString("reference")),
        payment == null ? ItemResult.underWay(id) : ItemResult.of(payment));
  }
}
