package io.quittance.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionSystemException;

/**
 * What a failure of the database means, by its SQLSTATE (ISO/IEC 9075, PostgreSQL's appendix A).
 * The first SQL error is looked for among the causes, and in what a failed rollback hides.
 */
public final class SqlFailure {

  /** read_only_sql_transaction: the server has become a standby, or was told not to write. */
  private static final String READ_ONLY = "25006";

  /** lock_not_available, and H2's lock time-out. */
  private static final Set<String> LOCK_TIMED_OUT = Set.of("55P03", "HYT00");

  /** query_canceled; a statement time-out, too. */
  private static final String CANCELED = "57014";

  /** The statement was canceled, or a lock could not be obtained in time. */
  private static final Set<String> TIMED_OUT = Set.of("55P03", CANCELED, "HYT00");

  /** idle_in_transaction_session_timeout, transaction_timeout: they end the session, too. */
  private static final Set<String> SESSION_ENDED = Set.of("25P03", "25P04");

  /** H2: the database, or the connection to it, has been closed. */
  private static final Set<String> CLOSED_H2 = Set.of("90067", "90098", "90121");

  /** What HikariCP says, without a state, of a connection that it has given up. */
  private static final String EVICTED = "Connection is closed";

  private static final String INTERNAL_ERROR = "XX000";
  private static final String NO_CONNECTION = "08001";
  private static final int CAUSES_MAX = 20;

  private SqlFailure() {}

  /**
   * Whether the database cannot be reached, is shutting down, takes no writes, has no room or does
   * not answer in time: nothing that a request could do about it, and it may pass.
   */
  public static boolean unavailable(Throwable e) {
    String state = state(e);
    return serverUnavailable(state) || TIMED_OUT.contains(state) || state.startsWith("40");
  }

  /**
   * Whether rows of some may be to blame, so that what concerns others may succeed without them:
   * the data was refused, or a lock could not be obtained in time.
   */
  public static boolean ofSomeRows(Throwable e) {
    return LOCK_TIMED_OUT.contains(state(e)) || !unavailable(e);
  }

  /** Whether the statement was canceled, as one is that takes longer than the session allows. */
  public static boolean canceled(Throwable e) {
    return state(e).equals(CANCELED);
  }

  /**
   * Whether the server itself answered with an error, which ends the transaction without an effect.
   * False when the connection broke, or on Citus that to another server, which its coordinator
   * calls an internal error: then a commit that was sent may have been carried out.
   */
  public static boolean refused(Throwable e) {
    String state = state(e);
    return !state.isEmpty()
        && !lost(state)
        && !state.equals(INTERNAL_ERROR)
        && (TIMED_OUT.contains(state) || !state.startsWith("57"));
  }

  /** Whether another connection may fare better, so that this one is not to be used again. */
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

  /** Empty when no SQL is to blame. */
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
