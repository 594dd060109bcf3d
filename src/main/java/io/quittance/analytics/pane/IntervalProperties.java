package io.quittance.analytics.pane;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How often each replica runs the jobs of analytics.
 *
 * @param rollUpInterval adds payments to panes
 * @param catchUpInterval looks for events whose payment was not found yet
 * @param sweepInterval looks for panes that are too old
 */
@ConfigurationProperties("quittance.analytics")
record IntervalProperties(
    @DefaultValue("2s") @DurationMin(millis = 100) Duration rollUpInterval,
    @DefaultValue("1s") @DurationMin(millis = 100) Duration catchUpInterval,
    @DefaultValue("10s") @DurationMin(seconds = 1) Duration sweepInterval) {}
