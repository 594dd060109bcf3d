package io.quittance.ledger.report;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of reports, and how often the books are checked.
 *
 * @param reportLimit how long a report may take, and how long its download may
 * @param exportSpool how many bytes of finished exports may be on the disk while they are
 *     downloaded; half of it for one merchant
 * @param checkInterval how often each replica checks that all balances sum to zero
 */
@ConfigurationProperties("quittance.ledger")
public record LedgerProperties(
    @DefaultValue("10m") @DurationMin(seconds = 1) Duration reportLimit,
    @DefaultValue("512MB") DataSize exportSpool,
    @DefaultValue("1h") @DurationMin(minutes = 1) Duration checkInterval) {

  private static final DataSize EXPORT_SPOOL_MIN = DataSize.ofMegabytes(1);

  public LedgerProperties {
    if (exportSpool.compareTo(EXPORT_SPOOL_MIN) < 0) {
      throw new IllegalArgumentException(
          "quittance.ledger.export-spool must be %d MB or more"
              .formatted(EXPORT_SPOOL_MIN.toMegabytes()));
    }
  }
}
