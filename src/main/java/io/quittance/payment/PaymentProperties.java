package io.quittance.payment;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Time limits of payments.
 *
 * @param answerGrace how long after the deadline a caller still waits for the commit
 * @param resolveGrace how long after the deadline a payment may stay open; then any replica fails
 *     it
 * @param resolveInterval how often each replica looks for such payments
 * @param handOverLimit how long the wake-up of event delivery may delay a payment
 * @param fairBudget a call that had less time than this never counts as a failure of the dependency
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
