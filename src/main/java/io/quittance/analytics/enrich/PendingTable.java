package io.quittance.analytics.enrich;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** The stored {@link PendingBatch}es. */
public final class PendingTable {

  private static final String INSERT =
      "insert into analytics_pending (merchant_id, id, content, created_at) values (?, ?, ?, ?)";

  private static final String OLDEST =
      """
      select merchant_id, id, content
        from analytics_pending
       where created_at < ?
       order by created_at
       limit ?
      """;

  private static final String DELETE =
      "delete from analytics_pending where merchant_id = ? and id = ?";

  private PendingTable() {}

  /** Stores batches, in the caller's transaction. */
  public static void insert(Connection connection, List<PendingBatch> batches, Instant now)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      for (PendingBatch batch : batches) {
        statement.setObject(1, batch.merchantId());
        statement.setObject(2, batch.id());
        statement.setBytes(3, batch.content());
        statement.setObject(4, now.atOffset(ZoneOffset.UTC));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** The oldest of those that were stored before an instant. */
  static List<PendingBatch> oldest(Connection connection, Instant before, int limit)
      throws SQLException {
    var found = new ArrayList<PendingBatch>();
    try (PreparedStatement statement = connection.prepareStatement(OLDEST)) {
      statement.setObject(1, before.atOffset(ZoneOffset.UTC));
      statement.setInt(2, limit);
      try (ResultSet rs = statement.executeQuery()) {
        while (rs.next()) {
          found.add(
              PendingBatch.of(
                  rs.getObject("merchant_id", UUID.class),
                  rs.getObject("id", UUID.class),
                  rs.getBytes("content")));
        }
      }
    }
    return found;
  }

  /**
   * Takes batches out, in the caller's transaction.
   *
   * @return those that were still there; another replica has taken the others
   */
  static List<PendingBatch> take(Connection connection, List<PendingBatch> batches)
      throws SQLException {
    List<PendingBatch> inOrder =
        batches.stream()
            .sorted(Comparator.comparing(PendingBatch::merchantId).thenComparing(PendingBatch::id))
            .toList();
    var taken = new ArrayList<PendingBatch>();
    try (PreparedStatement statement = connection.prepareStatement(DELETE)) {
      for (PendingBatch batch : inOrder) {
        statement.setObject(1, batch.merchantId());
        statement.setObject(2, batch.id());
        statement.addBatch();
      }
      int[] counts = statement.executeBatch();
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] > 0) {
          taken.add(inOrder.get(i));
        }
      }
    }
    return taken;
  }
}
