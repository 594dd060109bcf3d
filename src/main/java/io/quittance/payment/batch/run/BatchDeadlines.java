package io.quittance.payment.batch.run;

import io.quittance.concurrency.Deadline;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.Problem;
import java.time.Duration;

/** What a batch may ask for with Payment-Deadline-Ms, and gets. */
public enum BatchDeadlines {
  WAITED_FOR(10_000, 120_000),
  BACKGROUND(600_000, 600_000);

  /** What is kept back for the end of a batch, once its last item has ended. */
  private static final Duration END_TIME = Duration.ofMillis(75);

  /** Of a short deadline, this part of it at most. */
  private static final int END_PART_MAX = 5;

  /** How long a body may arrive at the cost of the deadline: more is its sender's affair. */
  private static final long ARRIVAL_NANOS_MAX = 1_000_000_000L;

  private final int defaultMs;
  private final int maxMs;

  BatchDeadlines(int defaultMs, int maxMs) {
    this.defaultMs = defaultMs;
    this.maxMs = maxMs;
  }

  /**
   * The deadline that the header gets, counted from the request's arrival; of the time in which its
   * body arrived, a second at most.
   *
   * @throws Problem 400 when it is not a number in the range
   */
  public Deadline grant(DeadlineHeader header) {
    String where = this == BACKGROUND ? "" : " for a batch that is waited for";
    int granted = header.milliseconds(defaultMs, maxMs, where);
    long arriving = Math.min(System.nanoTime() - header.arrivedNanos(), ARRIVAL_NANOS_MAX);
    return Deadline.startingAt(System.nanoTime() - arriving, Duration.ofMillis(granted));
  }

  /** The longest that is granted. */
  public Duration longest() {
    return Duration.ofMillis(maxMs);
  }

  /** What items get of the deadline, so that the batch ends and is answered by it. */
  public static Deadline ofItems(Deadline deadline) {
    Duration left = deadline.remaining();
    Duration part = left.dividedBy(END_PART_MAX);
    return deadline.within(left.minus(part.compareTo(END_TIME) < 0 ? part : END_TIME));
  }
}
