package io.quittance.fraud;

import java.net.URI;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Fraud screening.
 *
 * @param url the remote screening service; none: the built-in rules
 * @param timeout how long a screening may take, whatever the deadline allows
 * @param rulesTtl how old another replica's view of a changed rule set may be
 */
@ConfigurationProperties("quittance.fraud")
record FraudProperties(
    @Nullable URI url,
    @DefaultValue("5s") @DurationMin(millis = 50) Duration timeout,
    @DefaultValue("1s") @DurationMin Duration rulesTtl) {

  boolean remote() {
    return url != null && !url.toString().isBlank();
  }
}
