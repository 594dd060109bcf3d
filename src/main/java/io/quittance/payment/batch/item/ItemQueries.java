package io.quittance.payment.batch.item;

import io.quittance.database.ArrayParameters;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentRows;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/** Reads payments that are items of batches, as they are recorded. Thread-safe. */
@Component
public final class ItemQueries {

  /** A payment of a batch. */
  public record Found(UUID id, String reference, ItemResult end) {}

  private final JdbcOperations jdbc;

  ItemQueries(JdbcOperations jdbc) {
    this.jdbc = jdbc;
  }

  /** The payments that came of these items of a batch; there may be several of one reference. */
  public List<Found> of(UUID merchantId, UUID batchId, Collection<String> references) {
    return jdbc.query(
        "select %s from payments where merchant_id = ? and batch_id = ? and reference = any(?)"
            .formatted(PaymentRows.COLUMNS),
        statement -> {
          statement.setObject(1, merchantId);
          statement.setObject(2, batchId);
          ArrayParameters.bind(statement, 3, "varchar", references.toArray());
        },
        (rs, _) -> {
          Payment payment = PaymentRows.read(rs);
          return new Found(
              payment.terms().id(),
              String.valueOf(payment.terms().texts().reference()),
              ItemResult.of(payment));
        });
  }
}
