package io.quittance.journal;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an SQLSTATE (ISO/IEC 9075, PostgreSQL appendix A) tells about a failed transaction. */
final class SqlStates {

  /** serialization_failure, deadlock_detected, and H2's deadlock and lock timeout. */
  private static final Set<String> RETRYABLE = Set.of("40001", "40P01", "HYT00");

  private static final String UNIQUE_VIOLATION = "23505";

  private SqlStates() {}

  static boolean retryable(Throwable e) {
    return RETRYABLE.contains(of(e));
  }

  static boolean uniqueViolation(Throwable e) {
    return of(e).equals(UNIQUE_VIOLATION);
  }

  /** The server answered the commit itself: it rolled back. */
  static boolean rolledBack(SQLException e) {
    String state = of(e);
    return state.startsWith("40") || state.startsWith("23");
  }

  /** The connection, not a command, is at fault: a smaller batch would fail as well. */
  static boolean connectionLost(Throwable e) {
    String state = of(e);
    return state.startsWith("08") || state.startsWith("57P") || state.equals("90098");
  }

  private static String of(@Nullable Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
      if (cause instanceof java.sql.SQLTransientConnectionException) {
        return "08001";
      }
    }
    return "";
  }
}
