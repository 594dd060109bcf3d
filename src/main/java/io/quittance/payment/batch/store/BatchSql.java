package io.quittance.payment.batch.store;

import io.quittance.database.Instants;
import io.quittance.journal.TableColumns;
import io.quittance.payment.batch.item.ItemResult;
import io.quittance.payment.batch.item.ItemStatus;
import io.quittance.payment.batch.store.StoredBatch.Asked;
import io.quittance.payment.batch.store.StoredBatch.Run;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/** The mapping of batches and their items to rows. */
public final class BatchSql {

  /** An item as it is stored. */
  public record Row(
      UUID merchantId, UUID batchId, int position, String reference, ItemResult end) {}

  static final TableColumns<StoredBatch> BATCHES =
      TableColumns.<StoredBatch>of("payment_batches")
          .key("merchant_id", "uuid", StoredBatch::merchantId)
          .key("id", "uuid", StoredBatch::id)
          .fixed("mode", "varchar", row -> row.asked().mode().text())
          .fixed("on_failure", "varchar", row -> row.asked().onFailure().text())
          .fixed("reference", "varchar", row -> row.asked().reference())
          .fixed("metadata", "varchar", row -> row.asked().metadata())
          .fixed("items", "integer", row -> row.counts().total())
          .fixed("succeeded_items", "integer", row -> row.counts().succeeded())
          .fixed("authorized_items", "integer", row -> row.counts().authorized())
          .fixed("in_review_items", "integer", row -> row.counts().inReview())
          .fixed("declined_items", "integer", row -> row.counts().declined())
          .fixed("failed_items", "integer", row -> row.counts().failed())
          .fixed("processing_items", "integer", row -> row.counts().processing())
          .fixed("unknown_items", "integer", row -> row.counts().unknown())
          .fixed("created_at", "timestamp", StoredBatch::createdAt)
          .changing("status", "varchar", StoredBatch::status)
          .changing("background", "boolean", row -> row.run().background())
          .changing("granted_ms", "integer", row -> row.run().grantedMs())
          .changing("ends_at", "timestamp", row -> row.run().endsAt())
          .changing("run", "integer", row -> row.run().number())
          .changing("lease_until", "timestamp", row -> row.run().leaseUntil())
          .changing("begins", "boolean", row -> row.run().begins())
          .changing("used_ms", "integer", row -> row.run().usedMs())
          .changing("rests", "integer", StoredBatch::rests)
          .changing("completed_at", "timestamp", StoredBatch::completedAt)
          .build();

  /** Items that have ended when they are stored. */
  static final TableColumns<Row> ENDED_ITEMS =
      TableColumns.<Row>of("payment_batch_items")
          .key("merchant_id", "uuid", Row::merchantId)
          .key("batch_id", "uuid", Row::batchId)
          .key("position", "integer", Row::position)
          .fixed("reference", "varchar", Row::reference)
          .fixed("attempt", "integer", row -> 0)
          .changing("status", "varchar", row -> row.end().status().text())
          .changing("payment_id", "uuid", row -> row.end().paymentId())
          .changing("code", "varchar", row -> row.end().code())
          .changing("detail", "varchar", row -> row.end().detail())
          .build();

  private BatchSql() {}

  static StoredBatch batch(ResultSet rs) throws SQLException {
    return new StoredBatch(
        rs.getObject("merchant_id", UUID.class),
        rs.getObject("id", UUID.class),
        rs.getString("status"),
        new Asked(
            BatchMode.from(rs.getString("mode")),
            FailurePolicy.from(rs.getString("on_failure")),
            rs.getString("reference"),
            rs.getString("metadata")),
        counts(rs),
        new Run(
            rs.getInt("run"),
            rs.getBoolean("background"),
            rs.getBoolean("begins"),
            rs.getInt("granted_ms"),
            rs.getInt("used_ms"),
            Instants.read(rs, "ends_at"),
            Instants.read(rs, "lease_until")),
        rs.getInt("rests"),
        Instants.read(rs, "created_at"),
        Instants.readOrNull(rs, "completed_at"));
  }

  private static BatchCounts counts(ResultSet rs) throws SQLException {
    int total = rs.getInt("items");
    var counts =
        new BatchCounts(
            total,
            rs.getInt("succeeded_items"),
            rs.getInt("authorized_items"),
            rs.getInt("in_review_items"),
            rs.getInt("declined_items"),
            rs.getInt("failed_items"),
            rs.getInt("processing_items"),
            rs.getInt("unknown_items"),
            0);
    return counts.withTheRestNotStarted();
  }

  static BatchItemBody item(ResultSet rs) throws SQLException {
    return BatchItemBody.of(
        rs.getInt("position"),
        rs.getString("reference"),
        new ItemResult(
            ItemStatus.from(rs.getString("status")),
            rs.getObject("payment_id", UUID.class),
            rs.getString("code"),
            rs.getString("detail")));
  }
}
