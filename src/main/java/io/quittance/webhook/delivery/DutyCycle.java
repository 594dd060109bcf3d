package io.quittance.webhook.delivery;

import io.quittance.concurrency.Deadline;
import java.time.Duration;

/**
 * Keeps work that grows with the database to a twentieth of the time: the longer it takes, the less
 * often it runs. Confined to one thread.
 */
final class DutyCycle {

  private static final int PAUSE_TO_WORK = 19;

  private Deadline pause = Deadline.after(Duration.ZERO);

  /** Whether it is time to do it again. */
  boolean due() {
    return pause.expired();
  }

  /** It was done, and took so long. */
  void took(Duration time) {
    pause = Deadline.after(time.multipliedBy(PAUSE_TO_WORK));
  }
}
