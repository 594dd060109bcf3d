package io.quittance.identity;

import java.time.Duration;
import java.util.UUID;

/** Tells which merchants the operator has not disabled. Thread-safe. */
@FunctionalInterface
public interface EnabledMerchants {

  /**
   * Whether a merchant is enabled, as of a second ago at most; also true if that cannot be found
   * out in time: whatever starts then finds out for itself that the database is away.
   */
  boolean isEnabled(UUID merchantId, Duration atMost) throws InterruptedException;
}
