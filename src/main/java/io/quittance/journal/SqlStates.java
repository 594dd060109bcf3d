package io.quittance.journal;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an SQLSTATE means for a failed transaction of the journal. {@link
 * io.quittance.database.SqlFailure} decides whether the database is unavailable.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL's error
 *     codes, after ISO/IEC 9075</a>
 */
final class SqlStates {

  /** serialization_failure and deadlock_detected. */
  private static final Set<String> TRANSIENT = Set.of("40001", "40P01");

  /** lock_not_available, and H2's lock timeout. */
  private static final Set<String> LOCK_TIMEOUTS = Set.of("55P03", "HYT00");

  private static final String UNIQUE_VIOLATION = "23505";

  private SqlStates() {}

  /** Whether the same transaction may succeed when it is retried. */
  static boolean transientConflict(Throwable e) {
    return TRANSIENT.contains(of(e));
  }

  static boolean uniqueViolation(Throwable e) {
    return of(e).equals(UNIQUE_VIOLATION);
  }

  /** Whether another transaction held a lock for longer than this one may wait. */
  static boolean lockTimeout(Throwable e) {
    return LOCK_TIMEOUTS.contains(of(e));
  }

  /** Whether the server itself answered that it rolled back. */
  static boolean rolledBack(SQLException e) {
    String state = of(e);
    return state.startsWith("40") || state.startsWith("23");
  }

  private static String of(@Nullable Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLTransientConnectionException) {
        return "08001";
      }
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
    }
    return "";
  }
}
