package io.quittance.payment.batch.run;

import io.quittance.concurrency.Deadline;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.PaymentBatchRoutes;
import io.quittance.web.Problem;
import java.time.Duration;

/** The range of Payment-Deadline-Ms for batches, and what is granted. */
public enum BatchDeadlines {
  WAITED_FOR(Duration.ofSeconds(10), Duration.ofMinutes(2)),
  BACKGROUND(PaymentBatchRoutes.DEADLINE_MAX, PaymentBatchRoutes.DEADLINE_MAX);

  /** The time reserved for ending a batch after its last item. */
  private static final Duration END_TIME = Duration.ofMillis(75);

  /** At most the remaining time divided by this is reserved. */
  private static final int END_PART_MAX = 5;

  /** The longest arrival of a body that counts against the deadline. */
  private static final long ARRIVAL_NANOS_MAX = 1_000_000_000L;

  private final Duration byDefault;
  private final Duration longest;

  BatchDeadlines(Duration byDefault, Duration longest) {
    this.byDefault = byDefault;
    this.longest = longest;
  }

  /**
   * The granted deadline, counted from the request's arrival. The arrival of the body counts for
   * one second at most.
   *
   * @throws Problem 400 when it is not a number in the range
   */
  public Deadline grant(DeadlineHeader header) {
    String where =
        this == BACKGROUND
            ? ""
            : "; with Prefer: respond-async, up to %d".formatted(BACKGROUND.longest.toMillis());
    int granted = header.milliseconds((int) byDefault.toMillis(), (int) longest.toMillis(), where);
    long arriving = Math.min(System.nanoTime() - header.arrivedNanos(), ARRIVAL_NANOS_MAX);
    return Deadline.startingAt(System.nanoTime() - arriving, Duration.ofMillis(granted));
  }

  /** The longest deadline that is granted. */
  public Duration longest() {
    return longest;
  }

  /** The deadline of the items, which leaves time to end the batch and to respond. */
  public static Deadline ofItems(Deadline deadline) {
    Duration left = deadline.remaining();
    Duration part = left.dividedBy(END_PART_MAX);
    return deadline.within(left.minus(part.compareTo(END_TIME) < 0 ? part : END_TIME));
  }
}
