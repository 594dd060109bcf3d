package io.quittance.payment;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
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
    @DefaultValue("500ms") @DurationMin Duration answerGrace,
    @DefaultValue("5s") @DurationMin(millis = 100) Duration resolveGrace,
    @DefaultValue("1s") @DurationMin(millis = 100) Duration resolveInterval,
    @DefaultValue("100ms") @DurationMin(millis = 1) Duration handOverLimit,
    @DefaultValue("100ms") @DurationMin Duration fairBudget,
    @DefaultValue("30d") @DurationMin(days = 1) Duration timelineRetention) {}
