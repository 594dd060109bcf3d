package io.quittance.analytics.intake;

import io.quittance.concurrency.Deadline;
import io.quittance.web.TypeId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A commit whose outcome can be found out if it gets no response, by a row that it adds ({@link
 * CommitMarks}). Confined to one thread.
 */
final class MarkedCommit {

  private static final Logger log = LoggerFactory.getLogger(MarkedCommit.class);

  private static final Duration OUTCOME_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration OUTCOME_CHECK_INTERVAL = Duration.ofMillis(200);

  private final DataSource pool;
  private final UUID merchantId;
  private final Instant now;
  private final UUID id = TypeId.next();

  /**
   * @param pool has the connections on which the outcome is asked for
   * @param merchantId one of the merchants of the transaction
   */
  MarkedCommit(DataSource pool, UUID merchantId, Instant now) {
    this.pool = pool;
    this.merchantId = merchantId;
    this.now = now;
  }

  /** Adds the row; the transaction's first write. */
  void mark(Connection connection) throws SQLException {
    CommitMarks.insert(connection, merchantId, id, now);
  }

  /**
   * Commits the transaction.
   *
   * @throws SQLException it was not committed, and never will be
   * @throws CountOutcomeUnknownException the outcome could not be found out in time
   */
  void commit(Connection connection) throws SQLException {
    try {
      connection.commit();
    } catch (SQLException e) {
      if (CommitMarks.refused(e)) {
        throw e;
      }
      log.warn("The commit of events got no response; its outcome is unknown: {}", e.getMessage());
      if (!committed(e)) {
        throw e;
      }
    }
  }

  private boolean committed(SQLException cause) {
    var deadline = Deadline.after(OUTCOME_TIMEOUT);
    while (!deadline.expired()) {
      LockSupport.parkNanos(OUTCOME_CHECK_INTERVAL.toNanos());
      try (Connection other = pool.getConnection()) {
        return CommitMarks.committed(other, merchantId, id, now);
      } catch (SQLException e) {
        cause.addSuppressed(e);
      }
    }
    throw new CountOutcomeUnknownException(cause);
  }
}
