package io.quittance.payment.batch.store;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The status of a batch that merchants see. */
public enum BatchStatus {
  /** Items are under way or not started yet. */
  PROCESSING,
  /** Ended: every item succeeded. */
  COMPLETED,
  /** Ended: some items succeeded. */
  PARTIAL,
  /** Ended: no item succeeded. */
  FAILED;

  /** The stored status of batches that are not published yet: their items are being stored. */
  public static final String PREPARING = "preparing";

  /** The stored status of batches that are never published: atomic ones that were refused. */
  public static final String REFUSED = "refused";

  @JsonValue
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static BatchStatus from(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
