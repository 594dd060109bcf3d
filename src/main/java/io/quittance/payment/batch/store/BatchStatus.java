package io.quittance.payment.batch.store;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a batch stands, as it is shown. */
public enum BatchStatus {
  /** Items are under way, or will be. */
  PROCESSING,
  /** Has ended: every item ended well. */
  COMPLETED,
  /** Has ended: some items ended well. */
  PARTIAL,
  /** Has ended: no item ended well. */
  FAILED;

  /** The status of batches that are not shown yet: their items are being stored. */
  public static final String PREPARING = "preparing";

  /** The status of batches that are never shown: atomic ones that were refused. */
  public static final String REFUSED = "refused";

  @JsonValue
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static BatchStatus from(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
