package io.quittance.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionSystemException;

/**
 * Classifies failures of the database by their SQLSTATE (ISO/IEC 9075, PostgreSQL's appendix A). It
 * uses the first SQL error among the causes, including those that a failed rollback hides.
 */
public final class SqlFailure {

  /** read_only_sql_transaction: the server has become a standby or is set to read-only. */
  private static final String READ_ONLY = "25006";

  /** lock_not_available, and H2's lock time-out. */
  private static final Set<String> LOCK_TIMED_OUT = Set.of("55P03", "HYT00");

  /** query_canceled; a statement time-out, too. */
  private static final String CANCELED = "57014";

  private static final String SERIALIZATION_FAILURE = "40001";
  private static final String DEADLOCK = "40P01";
  private static final String UNIQUE_VIOLATION = "23505";

  /** The statement was canceled, or a lock could not be obtained in time. */
  private static final Set<String> TIMED_OUT = Set.of("55P03", CANCELED, "HYT00");

  /** idle_in_transaction_session_timeout, transaction_timeout: they end the session, too. */
  private static final Set<String> SESSION_ENDED = Set.of("25P03", "25P04");

  /** H2: the database, or the connection to it, has been closed. */
  private static final Set<String> CLOSED_H2 = Set.of("90067", "90098", "90121");

  /** HikariCP's message, without a state, for a connection that it has evicted. */
  private static final String EVICTED = "Connection is closed";

  private static final String INTERNAL_ERROR = "XX000";
  private static final String NO_CONNECTION = "08001";
  private static final int CAUSES_MAX = 20;

  private SqlFailure() {}

  /**
   * Whether the database cannot be reached, is shutting down, is read-only, has no capacity or does
   * not answer in time. Such a failure is temporary, and not caused by the request.
   */
  public static boolean unavailable(Throwable e) {
    String state = state(e);
    return serverUnavailable(state) || TIMED_OUT.contains(state) || state.startsWith("40");
  }

  /**
   * Whether some of the rows may be the cause, so that the others may succeed without them: data
   * was refused, or a lock was not free in time.
   */
  public static boolean ofSomeRows(Throwable e) {
    return lockTimedOut(e) || !unavailable(e);
  }

  /** Whether another transaction held a lock for longer than this one may wait. */
  public static boolean lockTimedOut(Throwable e) {
    return LOCK_TIMED_OUT.contains(state(e));
  }

  /** Whether the same transaction may succeed when it is retried at once. */
  public static boolean transientConflict(Throwable e) {
    String state = state(e);
    return state.equals(SERIALIZATION_FAILURE) || state.equals(DEADLOCK);
  }

  /** Whether the database ended a circle of transactions that waited for one another. */
  public static boolean deadlock(Throwable e) {
    return state(e).equals(DEADLOCK);
  }

  public static boolean uniqueViolation(Throwable e) {
    return state(e).equals(UNIQUE_VIOLATION);
  }

  /** Whether the server itself answered that it rolled the transaction back. */
  public static boolean rolledBack(SQLException e) {
    String state = state((Throwable) e);
    return in(state, "40") || in(state, "23");
  }

  /** Whether another transaction held a lock, or there was a deadlock: later it may be free. */
  public static boolean locked(Throwable e) {
    String state = state(e);
    return LOCK_TIMED_OUT.contains(state) || state.equals(DEADLOCK);
  }

  /** Whether the statement was canceled, for example by the statement timeout. */
  public static boolean canceled(Throwable e) {
    return state(e).equals(CANCELED);
  }

  /**
   * Whether the server itself answered with an error, which ends the transaction without an effect.
   * False if the connection broke, or on Citus the coordinator's connection to another server,
   * which it reports as an internal error: then a commit that was sent may have taken effect.
   */
  public static boolean refused(Throwable e) {
    String state = state(e);
    return !state.isEmpty()
        && !lost(state)
        && !state.equals(INTERNAL_ERROR)
        && (TIMED_OUT.contains(state) || !state.startsWith("57"));
  }

  /** Whether another connection may succeed, so that this one must not be used again. */
  static boolean requiresNewConnection(SQLException e) {
    String state = e.getSQLState();
    return state != null && serverUnavailable(state);
  }

  private static boolean serverUnavailable(String state) {
    return lost(state) || state.equals(READ_ONLY) || in(state, "53");
  }

  private static boolean lost(String state) {
    return in(state, "08")
        || in(state, "57P")
        || in(state, "58")
        || SESSION_ENDED.contains(state)
        || CLOSED_H2.contains(state);
  }

  private static boolean in(String state, String condition) {
    return state.startsWith(condition);
  }

  /** The SQLSTATE; empty if there is no SQL error. */
  private static String state(Throwable e) {
    @Nullable Throwable cause = e;
    for (int i = 0; cause != null && i < CAUSES_MAX; i++) {
      if (cause instanceof SQLException sql && !state(sql).isEmpty()) {
        return state(sql);
      }
      cause =
          cause instanceof TransactionSystemException failed
                  && failed.getApplicationException() != null
              ? failed.getApplicationException()
              : cause.getCause();
    }
    return "";
  }

  private static String state(SQLException e) {
    if (e.getSQLState() != null) {
      return e.getSQLState();
    }
    boolean withoutConnection =
        e instanceof SQLTransientConnectionException || EVICTED.equals(e.getMessage());
    return withoutConnection ? NO_CONNECTION : "";
  }
}
