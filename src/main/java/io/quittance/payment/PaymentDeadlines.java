package io.quittance.payment;

import io.quittance.concurrency.Deadline;
import io.quittance.identity.Caller;
import io.quittance.web.AnswerMark;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.DeadlineProperties;
import io.quittance.web.Problem;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Grants the deadlines of payments and of what is done to them. Thread-safe. */
@Component
public final class PaymentDeadlines {

  private final DeadlineProperties properties;

  PaymentDeadlines(DeadlineProperties properties) {
    this.properties = properties;
  }

  /**
   * The deadline that the header Payment-Deadline-Ms gets, counted from the request's arrival.
   *
   * @throws Problem 400 when it is not a number from 50 to 30000
   */
  public Deadline grant(DeadlineHeader header, Caller caller) {
    int asked = header.milliseconds(properties.defaultMs(), DeadlineProperties.MAX_MS, "");
    int granted = Math.min(asked, Math.min(properties.maxMs(), caller.deadlineMaxMs()));
    var time = Duration.ofMillis(granted);
    AnswerMark.granted(time);
    return Deadline.startingAt(header.arrivedNanos(), time);
  }
}
