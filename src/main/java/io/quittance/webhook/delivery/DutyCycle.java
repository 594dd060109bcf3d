package io.quittance.webhook.delivery;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Ticker;
import java.time.Duration;

/**
 * Keeps work that grows with the database to a twentieth of the time: the longer it takes, the less
 * often it runs. Confined to one thread.
 */
final class DutyCycle {

  private static final int PAUSE_TO_WORK = 19;

  private final Ticker ticker;
  private Deadline pause;

  DutyCycle(Ticker ticker) {
    this.ticker = ticker;
    this.pause = Deadline.after(Duration.ZERO, ticker);
  }

  /** Whether it is time to do it again. */
  boolean due() {
    return pause.expired();
  }

  /** It was done or tried, and took so long. */
  void took(Duration time) {
    pause = Deadline.after(time.multipliedBy(PAUSE_TO_WORK), ticker);
  }
}
