package io.quittance.journal;

import io.quittance.concurrency.pool.Job;
import io.quittance.database.SqlFailure;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retries a transaction that may succeed the next time: after a deadlock or a serialization
 * failure, and once after a unique violation, for the next attempt finds the row that another
 * replica has added. Confined to one worker.
 */
final class Retries {

  private static final Logger log = LoggerFactory.getLogger(Retries.class);
  private static final int ATTEMPTS_MAX = 5;

  private final Transactions transactions;
  private final JournalMeters meters;
  private final DatabaseTime time;

  Retries(Transactions transactions, JournalMeters meters, DatabaseTime time) {
    this.transactions = transactions;
    this.meters = meters;
    this.time = time;
  }

  /** As {@link Transactions#apply}. */
  List<WaitingCommand> apply(List<Job<Command<?>, Object>> jobs, @Nullable AccountKey awaited)
      throws SQLException {
    boolean collided = false;
    for (int attempt = 1; ; attempt++) {
      try {
        return transactions.apply(jobs, awaited, time);
      } catch (SQLException | RuntimeException e) {
        boolean collision = SqlFailure.uniqueViolation(e);
        boolean again = SqlFailure.transientConflict(e) || (collision && !collided);
        if (attempt == ATTEMPTS_MAX || !again) {
          throw e;
        }
        collided |= collision;
        meters.retried(e);
        if (SqlFailure.deadlock(e)) {
          log.warn(
              "A deadlock of {} commands with others is retried: {}", jobs.size(), e.toString());
        } else {
          log.debug("Attempt {} failed ({} commands) and is retried", attempt, jobs.size(), e);
        }
      }
    }
  }
}
