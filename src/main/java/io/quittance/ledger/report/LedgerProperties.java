package io.quittance.ledger.report;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the books are reported on and checked.
 *
 * @param reportLimit the longest that a report may take
 * @param checkInterval how often each replica looks whether all balances sum to zero
 */
@ConfigurationProperties("quittance.ledger")
public record LedgerProperties(
    @DefaultValue("10m") @DurationMin(seconds = 1) Duration reportLimit,
    @DefaultValue("1h") @DurationMin(minutes = 1) Duration checkInterval) {}
