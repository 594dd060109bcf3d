package io.quittance.payment;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How payments are carried out.
 *
 * @param answerGrace how long after the deadline the caller waits for the word of the database
 * @param resolveGrace how long after the deadline a payment may be open before any replica fails it
 * @param resolveInterval how often each replica looks for such payments
 * @param handOverLimit what a hand-over of events may take of a payment's time
 * @param fairBudget a call with less time than this cannot count against a dependency
 * @param timelineRetention how long timelines are kept, to the day; at least one
 */
@ConfigurationProperties("quittance.payment")
public record PaymentProperties(
    @DefaultValue("500ms") Duration answerGrace,
    @DefaultValue("5s") Duration resolveGrace,
    @DefaultValue("1s") Duration resolveInterval,
    @DefaultValue("100ms") Duration handOverLimit,
    @DefaultValue("100ms") Duration fairBudget,
    @DefaultValue("30d") Duration timelineRetention) {

  private static final Duration TIMELINE_RETENTION_MIN = Duration.ofDays(1);

  public PaymentProperties {
    if (timelineRetention.compareTo(TIMELINE_RETENTION_MIN) < 0) {
      throw new IllegalArgumentException(
          "quittance.payment.timeline-retention must be at least " + TIMELINE_RETENTION_MIN);
    }
  }
}
