package io.quittance.analytics.intake;

import io.quittance.database.SqlFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;

/**
 * One row for each commit, or for each record of Kafka that was counted, by which it is found out
 * whether what got no answer was carried out: whoever asks adds the row itself, as revoked, so that
 * it cannot be carried out any more once the answer is no.
 */
public final class CommitMarks {

  private static final String INSERT =
      "insert into analytics_commits (merchant_id, id, created_at) values (?, ?, ?)";

  private static final String REVOKE =
      "insert into analytics_commits (merchant_id, id, created_at, revoked) values (?, ?, ?, true)";

  private static final String REVOKED =
      "select revoked from analytics_commits where merchant_id = ? and id = ?";

  private static final String FIND =
      "select id from analytics_commits where merchant_id = ? and id = any(?)";

  /**
   * Longer than topics keep records, mostly: a record that is not to be counted is never counted.
   */
  private static final Duration REVOKED_FOR = Duration.ofDays(8);

  private static final String UNIQUE_VIOLATION = "23505";

  private CommitMarks() {}

  static void insert(Connection connection, UUID merchantId, UUID id, Instant now)
      throws SQLException {
    insert(connection, INSERT, merchantId, id, now);
  }

  private static void insert(
      Connection connection, String sql, UUID merchantId, UUID id, Instant now)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, merchantId);
      statement.setObject(2, id);
      statement.setObject(3, now.atOffset(ZoneOffset.UTC));
      statement.executeUpdate();
    }
  }

  /** Those of a merchant's ids that have a row. */
  public static Set<UUID> find(Connection connection, UUID merchantId, Collection<UUID> ids)
      throws SQLException {
    var found = new HashSet<UUID>();
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setObject(1, merchantId);
      statement.setArray(2, connection.createArrayOf("uuid", ids.toArray()));
      try (ResultSet rs = statement.executeQuery()) {
        while (rs.next()) {
          found.add(rs.getObject(1, UUID.class));
        }
      }
    }
    return found;
  }

  /** Adds rows of merchants, in the caller's transaction. */
  public static void insert(Connection connection, SortedMap<UUID, UUID> merchantsById, Instant now)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      for (var row : merchantsById.entrySet()) {
        statement.setObject(1, row.getValue());
        statement.setObject(2, row.getKey());
        statement.setObject(3, now.atOffset(ZoneOffset.UTC));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /**
   * Sees to it that a record is never counted, unless it was.
   *
   * @return false: it was
   * @throws SQLException nobody can say yet
   */
  public static boolean revoke(Connection connection, UUID merchantId, UUID id, Instant now)
      throws SQLException {
    return !committed(connection, merchantId, id, now.plus(REVOKED_FOR));
  }

  /**
   * Whether a commit was carried out; waits for one that is being carried out. May be asked again.
   *
   * @throws SQLException it is not known yet
   */
  static boolean committed(Connection connection, UUID merchantId, UUID id, Instant now)
      throws SQLException {
    try {
      insert(connection, REVOKE, merchantId, id, now);
      connection.commit();
      return false;
    } catch (SQLException e) {
      if (uniqueViolation(e)) {
        connection.rollback();
        return !revoked(connection, merchantId, id);
      }
      throw e;
    }
  }

  /**
   * Whether the row in the way is a revocation: the caller's own, whose commit was not answered.
   */
  private static boolean revoked(Connection connection, UUID merchantId, UUID id)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(REVOKED)) {
      statement.setObject(1, merchantId);
      statement.setObject(2, id);
      try (ResultSet rs = statement.executeQuery()) {
        if (!rs.next()) {
          throw new SQLException("the row of a commit is gone");
        }
        return rs.getBoolean(1);
      }
    }
  }

  /** Whether another transaction has added the same row. */
  static boolean uniqueViolation(SQLException e) {
    return UNIQUE_VIOLATION.equals(e.getSQLState())
        || (e.getNextException() != null && uniqueViolation(e.getNextException()));
  }

  /** Whether the same transaction may succeed when it is tried again. */
  public static boolean conflict(SQLException e) {
    return uniqueViolation(e)
        || (e.getSQLState() != null && e.getSQLState().startsWith("40"))
        || (e.getNextException() != null && conflict(e.getNextException()));
  }

  /** Whether the server has refused the commit, so that it surely was not carried out. */
  static boolean refused(SQLException e) {
    return SqlFailure.refused(e);
  }
}
