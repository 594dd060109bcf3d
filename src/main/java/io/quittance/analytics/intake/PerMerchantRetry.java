package io.quittance.analytics.intake;

import io.quittance.concurrency.pool.Job;
import io.quittance.database.Dialect;
import io.quittance.database.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Splits the bodies of several merchants that could not be stored together, so that a problem with
 * the rows of one merchant does not fail the others.
 */
public final class PerMerchantRetry {

  /** With this limit, ten locked merchants delay the others by a second. */
  private static final int LOCK_LIMIT_MS = 100;

  private PerMerchantRetry() {}

  /**
   * The jobs of each merchant, in order of arrival, to be tried again separately.
   *
   * @return none if a retry is of no use: there is only one merchant, the database is down, or some
   *     bodies may have been stored
   */
  public static List<List<Job<Body, IntakeResult>>> of(
      List<Job<Body, IntakeResult>> jobs, Exception failure) {
    if (failure instanceof CountOutcomeUnknownException || !SqlFailure.ofSomeRows(failure)) {
      return List.of();
    }
    Map<UUID, List<Job<Body, IntakeResult>>> byMerchant = new LinkedHashMap<>();
    for (Job<Body, IntakeResult> job : jobs) {
      byMerchant.computeIfAbsent(job.item().merchantId(), _ -> new ArrayList<>()).add(job);
    }
    return byMerchant.size() == 1 ? List.of() : List.copyOf(byMerchant.values());
  }

  /** Limits how long the transaction waits for a lock, because other merchants wait behind it. */
  static void limitLocks(Connection connection, Dialect dialect) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(dialect.either("set local lock_timeout = " + LOCK_LIMIT_MS, "select 1"));
    }
  }
}
