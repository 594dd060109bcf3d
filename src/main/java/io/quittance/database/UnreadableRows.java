package io.quittance.database;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Ticker;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.jdbc.core.RowMapper;

/**
 * Reads rows of many merchants, of which some may be unreadable because a newer version wrote them
 * before it was rolled back. Such rows must not block the others. For periodic queries: the warning
 * is logged at most once a minute. Thread-safe.
 */
public final class UnreadableRows {

  /** The least time between two warnings. */
  static final Duration QUIET = Duration.ofMinutes(1);

  private final Logger log;
  private final String consequence;
  private final Ticker ticker;
  private Deadline quiet;

  /**
   * @param log where to warn
   * @param consequence the consequence for the rows, as the beginning of the warning
   */
  public UnreadableRows(Logger log, String consequence) {
    this(log, consequence, Ticker.SYSTEM);
  }

  UnreadableRows(Logger log, String consequence, Ticker ticker) {
    this.log = log;
    this.consequence = consequence;
    this.ticker = ticker;
    this.quiet = Deadline.after(Duration.ZERO, ticker);
  }

  /** For one execution of the query. */
  public Pass pass() {
    return new Pass();
  }

  private synchronized void warn(String name, int count, RuntimeException why) {
    if (quiet.expired()) {
      quiet = Deadline.after(QUIET, ticker);
      log.warn(
          "{}, because their rows cannot be read: {} is the first of {}; {}",
          consequence,
          name,
          count,
          why.toString());
    }
  }

  /** One execution of the query. Confined to one thread. */
  public final class Pass {

    private @Nullable RuntimeException first;
    private String firstName = "";
    private int count;

    private Pass() {}

    /**
     * Maps a row; null if it cannot be read.
     *
     * @param name the name of the row in the log
     * @throws SQLException the query failed
     */
    public <T> @Nullable T readOrNull(ResultSet rs, RowMapper<T> mapper, String name)
        throws SQLException {
      try {
        return mapper.mapRow(rs, 0);
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
          firstName = name;
        }
        count++;
        return null;
      }
    }

    /** Logs one warning if any rows could not be read. */
    public void end() {
      if (first != null) {
        warn(firstName, count, first);
      }
    }
  }
}
