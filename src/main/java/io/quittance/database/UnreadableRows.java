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
 * Rows of many merchants, of which one may be unreadable: a newer version wrote it before it was
 * rolled back. It must not keep the others from being read. For a query that is made again and
 * again: what cannot be read is warned of once a minute. Thread-safe.
 */
public final class UnreadableRows {

  /** How long nothing more is said. */
  static final Duration QUIET = Duration.ofMinutes(1);

  private final Logger log;
  private final String consequence;
  private final Ticker ticker;
  private Deadline quiet;

  /**
   * @param log where to warn
   * @param consequence what follows for the rows, as the beginning of the warning
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

  /** What one execution of the query could not read. Confined to one thread. */
  public final class Pass {

    private @Nullable RuntimeException first;
    private String firstName = "";
    private int count;

    private Pass() {}

    /**
     * What a row says; null if it cannot be read.
     *
     * @param name what the log calls the row
     * @throws SQLException the query failed, whichever row it is
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

    /** Warns of the rows that could not be read, if there are any: in one line, however many. */
    public void end() {
      if (first != null) {
        warn(firstName, count, first);
      }
    }
  }
}
