package io.quittance.analytics.enrich;

import io.quittance.web.TypeId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stored {@link PendingBatch}es. */
public final class PendingTable {

  private static final Logger log = LoggerFactory.getLogger(PendingTable.class);

  private static final String INSERT =
      "insert into analytics_pending (merchant_id, id, content, created_at) values (?, ?, ?, ?)";

  private static final String NEXT =
      """
      select merchant_id, id, created_at, content
        from analytics_pending
       where (created_at, merchant_id, id) > (?, ?, ?) and created_at < ?
       order by created_at, merchant_id, id
       limit ?
      """;

  private static final String DELETE =
      "delete from analytics_pending where merchant_id = ? and id = ?";

  /** The position of a stored batch, oldest first. */
  record Place(OffsetDateTime createdAt, UUID merchantId, UUID id) {

    /** Before all of them. */
    static final Place FIRST =
        new Place(Instant.EPOCH.atOffset(ZoneOffset.UTC), new UUID(0, 0), new UUID(0, 0));

    private static Place of(ResultSet rs) throws SQLException {
      return new Place(
          rs.getObject("created_at", OffsetDateTime.class),
          rs.getObject("merchant_id", UUID.class),
          rs.getObject("id", UUID.class));
    }
  }

  /**
   * Some stored batches.
   *
   * @param next where to continue; the first place if these were the last ones
   */
  record Page(List<PendingBatch> batches, Place next) {}

  private PendingTable() {}

  /** Stores batches, in the caller's transaction. */
  public static void insert(Connection connection, List<PendingBatch> batches, Instant now)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      for (PendingBatch batch : batches) {
        statement.setObject(1, batch.merchantId());
        statement.setObject(2, batch.id());
        statement.setBytes(3, PendingContent.bytes(batch.groups()));
        statement.setObject(4, now.atOffset(ZoneOffset.UTC));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /**
   * Reads the next batches after a place that were stored before an instant. A batch that cannot be
   * read is skipped: most likely a later version wrote it.
   */
  static Page from(Place place, Connection connection, Instant before, int limit)
      throws SQLException {
    var batches = new ArrayList<PendingBatch>();
    Place last = place;
    int rows = 0;
    try (PreparedStatement statement = connection.prepareStatement(NEXT)) {
      statement.setObject(1, place.createdAt());
      statement.setObject(2, place.merchantId());
      statement.setObject(3, place.id());
      statement.setObject(4, before.atOffset(ZoneOffset.UTC));
      statement.setInt(5, limit);
      try (ResultSet rs = statement.executeQuery()) {
        for (; rs.next(); rows++) {
          last = Place.of(rs);
          read(last, rs.getBytes("content")).ifPresent(batches::add);
        }
      }
    }
    return new Page(batches, rows < limit ? Place.FIRST : last);
  }

  private static Optional<PendingBatch> read(Place place, byte[] content) {
    try {
      return Optional.of(
          new PendingBatch(place.merchantId(), place.id(), PendingContent.groups(content)));
    } catch (RuntimeException e) {
      log.warn(
          "Pending events of {} cannot be read, and are skipped: {}",
          TypeId.format("mch", place.merchantId()),
          e.toString());
      return Optional.empty();
    }
  }

  /**
   * Deletes batches, in the caller's transaction.
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
