package io.quittance.payment.create;

import io.quittance.concurrency.Ticker;
import io.quittance.journal.Journal;
import io.quittance.payment.model.PaymentOrder;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * The time needed to release a hold and answer after screening has timed out: what the journal
 * expects on average, plus a reserve that each lane learns from its answers. Thread-safe.
 */
@Component
final class ReleaseTime {

  /** The time from the commit to the response. */
  private static final Duration ANSWER_TIME = Duration.ofMillis(10);

  /** At most the remaining time divided by this is reserved. */
  private static final int PART_MAX = 4;

  /** Shorter deadlines reserve too little for their answers to say anything. */
  private static final Duration TEACHING_MIN = Duration.ofMillis(400);

  private final Journal journal;

  /** One for each lane. */
  private final List<AnswerReserve> reserves;

  ReleaseTime(Journal journal) {
    this.journal = journal;
    this.reserves =
        Stream.generate(() -> new AnswerReserve(Ticker.SYSTEM)).limit(journal.lanes()).toList();
  }

  /** How much of a payment's deadline to reserve now. */
  Duration of(PaymentOrder order) {
    Duration expected = journal.expectedTime(order.merchantId());
    Duration wanted = expected.multipliedBy(2).plus(ANSWER_TIME).plus(reserve(order).get());
    Duration most = order.deadline().remaining().dividedBy(PART_MAX);
    return wanted.compareTo(most) < 0 ? wanted : most;
  }

  /** Records that a payment whose screening was late has been released and can be answered. */
  void released(PaymentOrder order) {
    if (order.deadline().granted().compareTo(TEACHING_MIN) >= 0) {
      reserve(order).note(order.deadline().remaining().compareTo(ANSWER_TIME) < 0);
    }
  }

  private AnswerReserve reserve(PaymentOrder order) {
    return reserves.get(journal.laneOf(order.merchantId()));
  }
}
