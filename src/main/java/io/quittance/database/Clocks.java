package io.quittance.database;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Compares the database's clock with this replica's, because either may be wrong: after a fail-over
 * the database's may be days ahead. A warning is logged while they differ a lot. Thread-safe.
 */
@Component
public final class Clocks {

  /** How far they may differ without a warning. */
  static final Duration DIFFERENCE_MAX = Duration.ofMinutes(1);

  /** The least time between two warnings. */
  static final Duration QUIET = Duration.ofMinutes(5);

  private final Clock clock;
  private final Logger log;
  private final Ticker ticker;
  private Deadline quiet;

  /**
   * @param clock this replica's
   */
  @Autowired
  public Clocks(Clock clock) {
    this(clock, LoggerFactory.getLogger(Clocks.class), Ticker.SYSTEM);
  }

  Clocks(Clock clock, Logger log, Ticker ticker) {
    this.clock = clock;
    this.log = log;
    this.ticker = ticker;
    this.quiet = Deadline.after(Duration.ZERO, ticker);
  }

  /** The earlier of the two clocks, of which the database's was just read. */
  Instant earlier(Instant database) {
    Instant own = clock.instant();
    if (Duration.between(own, database).abs().compareTo(DIFFERENCE_MAX) > 0) {
      warn(own, database);
    }
    return own.isBefore(database) ? own : database;
  }

  private synchronized void warn(Instant own, Instant database) {
    if (quiet.expired()) {
      quiet = Deadline.after(QUIET, ticker);
      log.warn(
          "The database's clock says {} and this replica's {}: old rows are deleted by the earlier"
              + " one. Check the clocks of both machines",
          database,
          own);
    }
  }
}
