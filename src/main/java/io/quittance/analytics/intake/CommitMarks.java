package io.quittance.analytics.intake;

import io.quittance.database.SqlFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;

/**
 * One row for each commit, by which it is found out whether a commit that got no answer was carried
 * out: whoever asks adds the row itself, so that it cannot be carried out any more once the answer
 * is no.
 */
final class CommitMarks {

  private static final String INSERT =
      "insert into analytics_commits (merchant_id, id, created_at) values (?, ?, ?)";

  private static final String UNIQUE_VIOLATION = "23505";

  private CommitMarks() {}

  static void insert(Connection connection, UUID merchantId, UUID id, Instant now)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      statement.setObject(1, merchantId);
      statement.setObject(2, id);
      statement.setObject(3, now.atOffset(ZoneOffset.UTC));
      statement.executeUpdate();
    }
  }

  /**
   * Whether a commit was carried out; waits for one that is being carried out.
   *
   * @throws SQLException nobody can say yet
   */
  static boolean committed(Connection connection, UUID merchantId, UUID id, Instant now)
      throws SQLException {
    try {
      insert(connection, merchantId, id, now);
      connection.commit();
      return false;
    } catch (SQLException e) {
      if (uniqueViolation(e)) {
        connection.rollback();
        return true;
      }
      throw e;
    }
  }

  /** Whether somebody else has added the same row. */
  static boolean uniqueViolation(SQLException e) {
    return UNIQUE_VIOLATION.equals(e.getSQLState())
        || (e.getNextException() != null && uniqueViolation(e.getNextException()));
  }

  /** Whether the same transaction may succeed when it is tried again. */
  static boolean conflict(SQLException e) {
    return uniqueViolation(e)
        || (e.getSQLState() != null && e.getSQLState().startsWith("40"))
        || (e.getNextException() != null && conflict(e.getNextException()));
  }

  /** Whether the server has refused the commit, so that it surely was not carried out. */
  static boolean refused(SQLException e) {
    return SqlFailure.refused(e);
  }
}
