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
 * One row for each commit, and for each counted record of Kafka. If the outcome of a commit is
 * unknown, the row tells whether it took place. If there is none, the asker adds it as revoked, so
 * that the commit cannot take place later.
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

  /** Longer than most topics keep records, so that a revoked record is never counted. */
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

  /** Finds those of a merchant's ids that have a row. */
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
   * Prevents that a record is ever counted, unless it was.
   *
   * @return false: it was counted
   * @throws SQLException the outcome is not known yet
   */
  public static boolean revoke(Connection connection, UUID merchantId, UUID id, Instant now)
      throws SQLException {
    return !committed(connection, merchantId, id, now.plus(REVOKED_FOR));
  }

  /**
   * Whether a commit took place; waits for one in progress. May be called again.
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
   * Whether the existing row is a revocation: the caller's own, from an earlier call whose commit
   * got no response.
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

  /** Whether the server has refused the commit, so that it certainly did not take place. */
  static boolean refused(SQLException e) {
    return SqlFailure.refused(e);
  }
}
