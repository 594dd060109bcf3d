package io.quittance.database;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
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
public final class Clocks implements MeterBinder {

  /** How far they may differ without a warning. */
  static final Duration DIFFERENCE_MAX = Duration.ofMinutes(1);

  /** The least time between two warnings. */
  static final Duration QUIET = Duration.ofMinutes(5);

  /** A difference counts for one to two of these, and longer while nobody reads the clock. */
  static final Duration PERIOD = Duration.ofMinutes(1);

  private final Clock clock;
  private final Logger log;
  private final Ticker ticker;
  private Deadline quiet;
  private Deadline period;
  private long aheadMillisMax;
  private long aheadMillisMaxBefore;
  private volatile double aheadSeconds = Double.NaN;

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
    this.period = Deadline.after(PERIOD, ticker);
  }

  /** Called by Spring Boot when the registry exists. */
  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("quittance.database.clock.ahead", this, clocks -> clocks.aheadSeconds)
        .description("How far the database's clock is ahead of this replica's")
        .baseUnit("seconds")
        .register(registry);
  }

  /**
   * Notes the database's clock, which was just read. The answer takes time, so a measured
   * difference is never too large, and the largest one is the most exact.
   */
  synchronized void note(Instant database) {
    long aheadMillis = database.toEpochMilli() - clock.millis();
    aheadSeconds = aheadMillis / 1000.0;
    if (period.expired()) {
      period = Deadline.after(PERIOD, ticker);
      aheadMillisMaxBefore = aheadMillisMax;
      aheadMillisMax = 0;
    }
    aheadMillisMax = Math.max(aheadMillisMax, aheadMillis);
  }

  /**
   * The later of two times: this replica's, and the database's by the last measured difference.
   * Runs no query.
   */
  public synchronized Instant later() {
    return clock.instant().plusMillis(Math.max(aheadMillisMax, aheadMillisMaxBefore));
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
