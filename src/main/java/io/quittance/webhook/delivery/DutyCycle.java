package io.quittance.webhook.delivery;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Ticker;
import java.time.Duration;

/**
 * Limits work that grows with the database to a twentieth of the time: the longer it takes, the
 * less often it runs. Confined to one thread.
 */
final class DutyCycle {

  private static final int PAUSE_TO_WORK = 19;

  private final Ticker ticker;
  private Deadline pause;

  DutyCycle(Ticker ticker) {
    this.ticker = ticker;
    this.pause = Deadline.after(Duration.ZERO, ticker);
  }

  /** Whether it is time for the next run. */
  boolean due() {
    return pause.expired();
  }

  /** Notes how long the last run took. */
  void took(Duration time) {
    pause = Deadline.after(time.multipliedBy(PAUSE_TO_WORK), ticker);
  }
}
